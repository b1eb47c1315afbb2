import { BlockList, isIPv6 } from "node:net";
import { isPrivate, isPublic } from "../config/address.js";
import type { SeenCandidate } from "./seen-candidate.js";

/** RFC 5737, RFC 3849 and RFC 2544: no host on the Internet has one. */
const nowhere = new BlockList();
nowhere.addSubnet("192.0.2.0", 24, "ipv4");
nowhere.addSubnet("198.51.100.0", 24, "ipv4");
nowhere.addSubnet("203.0.113.0", 24, "ipv4");
nowhere.addSubnet("198.18.0.0", 15, "ipv4");
nowhere.addSubnet("2001:db8::", 32, "ipv6");

/** What a server tells of where its media is, beside where its signalling is. */
export interface Advertised {
	/** Each once, without those of relays. */
	readonly addresses: readonly string[];
	readonly udpPorts: readonly number[];
	readonly tcpPorts: readonly number[];
	/** The signalling is at one of them. */
	readonly hasSignalAddress: boolean;
	/** None of them is reached from outside, and the signalling came to us from there. */
	readonly isPrivateOnly: boolean;
	/** At least one might be reached by somebody elsewhere. */
	readonly mayBeReachedElsewhere: boolean;
}

/**
 * @param remote the server's candidates
 * @param signalAddresses what the host of the URL resolves to
 */
export function readAdvertised(
	remote: readonly SeenCandidate[],
	signalAddresses: readonly string[],
): Advertised {
	const own = remote.filter(({ type }) => type !== "relay");
	const addresses = [...new Set(own.map(({ address }) => address))];
	const ports = (wanted: "udp" | "tcp") => [
		...new Set(own.filter(({ transport }) => transport === wanted).map(({ port }) => port)),
	];
	return {
		addresses,
		udpPorts: ports("udp"),
		tcpPorts: ports("tcp"),
		hasSignalAddress: addresses.some((address) => signalAddresses.includes(address)),
		isPrivateOnly:
			addresses.length > 0 && addresses.every(isPrivate) && signalAddresses.every(isPublic),
		mayBeReachedElsewhere:
			signalAddresses.every(isPrivate) &&
			addresses.some((address) => isPublic(address) && !isNowhere(address)),
	};
}

function isNowhere(address: string): boolean {
	return nowhere.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
