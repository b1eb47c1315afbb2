import { isIPv6 } from "node:net";
import { type Libc, linux } from "./libc.js";

export interface SocketAddress {
	/** As candidates write it: dotted IPv4, or IPv6 by RFC 5952. */
	readonly address: string;
	readonly port: number;
}

/** sockaddr_in or sockaddr_in6 of Linux. */
export function writeSocketAddress(libc: Libc, { address, port }: SocketAddress): Buffer {
	const isSix = isIPv6(address);
	const bytes = Buffer.alloc(isSix ? 28 : 16);
	const family = isSix ? linux.AF_INET6 : linux.AF_INET;
	bytes.writeUInt16LE(family, 0);
	bytes.writeUInt16BE(port, 2);
	libc.inet_pton(family, address, bytes.subarray(isSix ? 8 : 4));
	return bytes;
}

export function readSocketAddress(bytes: Buffer, at: number): SocketAddress {
	const port = bytes.readUInt16BE(at + 2);
	if (bytes.readUInt16LE(at) === linux.AF_INET) {
		return { address: bytes.subarray(at + 4, at + 8).join("."), port };
	}
	const groups = Array.from({ length: 8 }, (_, n) =>
		bytes.readUInt16BE(at + 8 + 2 * n).toString(16),
	);
	// URLs write IPv6 in its short form.
	return { address: new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1), port };
}
