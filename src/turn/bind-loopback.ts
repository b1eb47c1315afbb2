import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { UserError } from "../error/user-error.js";

/**
 * The address at which bridges listen, and to which a client that must be relayed binds itself. A socket bound to
 * IPv6 loopback can send to no IPv4 address and to no other machine: but for the bridge, nothing is within reach.
 */
export const bridgeAddress = "::1" as const;

/**
 * A UDP socket on a free port of `bridgeAddress`.
 * @throws UserError (exit 1): this machine has no IPv6 loopback
 */
export async function bindLoopback(): Promise<Socket> {
	try {
		const udp = createSocket({
			type: "udp6",
			// Addresses of clients need no resolver, which would put off each datagram to a later turn of the loop.
			lookup: (address, _options, done) => done(null, address, 6),
		});
		// Listened for first: with such a lookup the socket is bound before bind() returns.
		const listening = once(udp, "listening");
		udp.bind(0, bridgeAddress);
		await listening;
		return udp;
	} catch (error) {
		throw noLoopback(error);
	}
}

/** What of the errors of bind() means that there is no IPv6; others stay as they are. */
export function noLoopback(error: unknown): unknown {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	if (code !== "EADDRNOTAVAIL" && code !== "EAFNOSUPPORT") return error;
	return new UserError({
		message: `The light engine forces a relay from IPv6 loopback, [${bridgeAddress}], which this machine does not have (${code}).`,
		hint: "Switch it on (sysctl -w net.ipv6.conf.lo.disable_ipv6=0; for a container: --sysctl net.ipv6.conf.lo.disable_ipv6=0), or take --engine native.",
		exitCode: 1,
		cause: error,
	});
}
