import { isIP } from "node:net";
import { isLoopback, isPrivate, isPublic } from "../address.js";
import { someRelayWorks } from "../lint-facts.js";
import type { TurnRule } from "./rule.js";

/** `external-ip`: what the relay is advertised as. */
export const externalIp: TurnRule = function* (config, { machine }) {
	const options = config.all("external-ip");
	const bare = options.filter(({ value }) => !value.includes("/"));
	for (const option of options) {
		const { value, line } = option;
		const [outer = "", inner, ...more] = value.split("/");
		const bad = [outer, ...(inner === undefined ? [] : [inner])].find(
			(part) => !isAddressOrName(part),
		);
		if (bad !== undefined || more.length > 0) {
			yield config.finding(option, {
				id: "coturn-external-ip-malformed",
				title: `turnserver.conf: external-ip "${value}" is no address`,
				cause:
					'coturn logs "Wrong address format", ignores it and advertises its own address, which clients behind a NAT do not reach.',
				fix: "write external-ip=<public address>, or external-ip=<public address>/<address of this machine>.",
			});
		} else if (option !== bare[0] && inner === undefined) {
			yield config.finding(option, {
				id: "coturn-external-ip-twice",
				title: `turnserver.conf has external-ip without a mapping twice; ${value} is ignored`,
				cause:
					'coturn takes the first one for all relays: "You cannot define external IP more than once".',
				fix: `write external-ip=${value}/<the relay-ip that it belongs to>, for each of them.`,
				edits: outer === bare[0]?.value ? [{ do: "disable", line }] : [],
			});
		} else if (
			inner !== undefined &&
			isIP(inner) !== 0 &&
			machine &&
			!machine.addresses.includes(inner)
		) {
			yield config.finding(option, {
				id: "coturn-external-ip-mapping",
				confidence: "likely",
				title: `turnserver.conf maps external-ip ${outer} to ${inner}, which this machine does not have`,
				cause: "The mapping never applies: relays are advertised with the inner address.",
				fix: `write one of the machine's own addresses behind the slash (it has ${shortList(machine.addresses)}).`,
			});
		}
	}
};

/** `relay-ip` and `listening-ip`: addresses of this machine. */
export const ownAddresses: TurnRule = function* (config, facts) {
	const { machine } = facts;
	for (const name of ["listening-ip", "relay-ip"])
		for (const option of config.all(name)) {
			const { value } = option;
			const isRelay = name === "relay-ip";
			if (isIP(value) === 0)
				yield config.finding(option, {
					id: "coturn-address-malformed",
					title: `turnserver.conf: ${name} "${value}" is no IP address`,
					cause: `coturn cannot bind it${isRelay ? ": Allocate requests get 508" : ""}.`,
					fix: `write an IP address of this machine, or remove ${name}.`,
				});
			else if (
				machine &&
				!machine.addresses.includes(value) &&
				!isAny(value) &&
				!someRelayWorks(facts)
			)
				yield config.finding(option, {
					id: isRelay ? "coturn-relay-ip-foreign" : "coturn-listening-ip-foreign",
					confidence: "likely",
					title: `turnserver.conf: ${name} ${value} is no address of this machine`,
					cause: isRelay
						? "coturn cannot bind a relay there: each Allocate request gets 508."
						: "coturn cannot listen there: clients get no answer.",
					fix: `write one of its own addresses (it has ${shortList(machine.addresses)}); a public address in front of a NAT belongs into external-ip.`,
				});
		}
};

/** A relay on an address that clients from outside cannot send to. */
export const relayReachable: TurnRule = function* (config, { turnAddresses = [] }) {
	if (turnAddresses.length === 0 || !turnAddresses.every(isPublic)) return;
	const external = config.all("external-ip");
	const relays = config.all("relay-ip");
	const from = relays.length > 0 ? relays : config.all("listening-ip");
	const inner = from.find(({ value }) => isPrivate(value));
	const reached = turnAddresses.join(", ");
	const wrong = external.find(({ value }) => isPrivate(value.split("/")[0] ?? ""));
	if (wrong !== undefined)
		yield config.finding(wrong, {
			id: "coturn-external-ip-private",
			title: `turnserver.conf advertises relays as ${wrong.value.split("/")[0]}, but clients reach the server at ${reached}`,
			cause: "The relay candidates carry a private address: nobody outside can send to them.",
			fix: `write external-ip=${turnAddresses[0]}${wrong.value.includes("/") ? `/${wrong.value.split("/")[1]}` : ""}.`,
			edits: [],
		});
	else if (
		external.length === 0 &&
		inner !== undefined &&
		from.every(({ value }) => isPrivate(value))
	)
		yield config.finding(inner, {
			id: "coturn-external-ip-missing",
			// The LiveKit server may be in the same network as the relay: then it is reached all the same.
			severity: isLoopback(inner.value) ? "fault" : "warning",
			confidence: "likely",
			title: `turnserver.conf relays on ${inner.value}, clients reach the server at ${reached}, and there is no external-ip`,
			cause:
				"The relay candidates carry the private address: peers outside of that network cannot send to them.",
			fix: `add external-ip=${turnAddresses[0]}/${inner.value}.`,
			edits: [{ do: "append", text: `external-ip=${turnAddresses[0]}/${inner.value}` }],
		});
};

function isAddressOrName(text: string): boolean {
	if (isIP(text) !== 0) return true;
	// Names are resolved by coturn; digits and dots alone are an address with a slip in it.
	return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text);
}

function isAny(address: string): boolean {
	return address === "0.0.0.0" || address === "::" || isLoopback(address);
}

function shortList(addresses: readonly string[]): string {
	const outer = addresses.filter((address) => !isLoopback(address));
	return outer.slice(0, 4).join(", ") || "loopback only";
}
