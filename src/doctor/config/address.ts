import { BlockList, isIP, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** RFC 1918, RFC 6598 (carrier NAT), RFC 3927 and RFC 4193: nobody outside can send there. */
const inner = new BlockList();
inner.addSubnet("10.0.0.0", 8, "ipv4");
inner.addSubnet("172.16.0.0", 12, "ipv4");
inner.addSubnet("192.168.0.0", 16, "ipv4");
inner.addSubnet("100.64.0.0", 10, "ipv4");
inner.addSubnet("169.254.0.0", 16, "ipv4");
inner.addSubnet("fc00::", 7, "ipv6");
inner.addSubnet("fe80::", 10, "ipv6");

export function isLoopback(address: string): boolean {
	return isIP(address) !== 0 && loopback.check(address, familyOf(address));
}

/** Loopback, private, carrier NAT or link-local. */
export function isPrivate(address: string): boolean {
	return isLoopback(address) || (isIP(address) !== 0 && inner.check(address, familyOf(address)));
}

/** An address that is reached from the Internet, as far as its range tells. */
export function isPublic(address: string): boolean {
	return isIP(address) !== 0 && !isPrivate(address) && !isUnspecified(address);
}

export function isUnspecified(address: string): boolean {
	return address === "0.0.0.0" || address === "::";
}

/** Whether `address` lies in `range`: an address, `first-last`, or `network/prefix`. Malformed ranges hold nothing. */
export function isInRange(address: string, range: string): boolean {
	if (isIP(address) === 0) return false;
	const list = new BlockList();
	const family = familyOf(address);
	try {
		const [network = "", prefix] = range.split("/");
		const [first = "", last] = range.split("-");
		if (prefix !== undefined) list.addSubnet(network, Number(prefix), family);
		else if (last !== undefined) list.addRange(first.trim(), last.trim(), family);
		else list.addAddress(range, family);
	} catch {
		return false;
	}
	return list.check(address, family);
}

/** A host with or without a port. */
export interface HostPort {
	readonly host: string;
	/** As written. */
	readonly port?: string;
}

/**
 * Splits `host:port` as Go's net.SplitHostPort and coturn do: IPv6 needs brackets before a port. A bare IPv6
 * address is a host without a port.
 */
export function hostPort(text: string): HostPort {
	if (isIPv6(text)) return { host: text };
	const [, bracketed, bracketedPort, host = "", port] =
		/^(?:\[([^\]]*)\](?::(.*))?|([^:]*)(?::(.*))?)$/.exec(text) ?? [];
	if (bracketed !== undefined)
		return bracketedPort === undefined
			? { host: bracketed }
			: { host: bracketed, port: bracketedPort };
	return port === undefined ? { host } : { host, port };
}

function familyOf(address: string): "ipv4" | "ipv6" {
	return isIPv6(address) ? "ipv6" : "ipv4";
}
