import { type InnerIpv4, innerIpv4 } from "./inner-frame.js";

const tcp = 6;
const udp = 17;
/** Where a header has its checksum, and how long it is without options. */
const layouts: ReadonlyMap<number, { readonly checksum: number; readonly bytes: number }> = new Map(
	[
		[tcp, { checksum: 16, bytes: 20 }],
		[udp, { checksum: 6, bytes: 8 }],
	],
);

/**
 * Writes the TCP or UDP checksum of the packet in a VXLAN datagram (RFC 9293 3.1, RFC 768). Between virtual devices
 * the kernel leaves it to hardware that is not there, and the receiver would drop what passes through our hands.
 * Fragments have theirs already.
 */
export function completeChecksum(datagram: Buffer): void {
	const ip = innerIpv4(datagram);
	const layout = ip && layouts.get(ip.protocol);
	if (!ip || !layout || ip.isFragment || ip.end - ip.payload < layout.bytes) return;
	const at = ip.payload + layout.checksum;
	datagram.writeUInt16BE(0, at);
	const sum = ~onesComplementSum(datagram, ip) & 0xffff;
	// In UDP zero says that there is none.
	datagram.writeUInt16BE(sum === 0 && ip.protocol === udp ? 0xffff : sum, at);
}

/** Over the pseudo header (addresses, protocol, length) and the segment (RFC 1071). */
function onesComplementSum(datagram: Buffer, { begin, payload, end, protocol }: InnerIpv4): number {
	let sum = protocol + (end - payload);
	for (let at = begin + 12; at < begin + 20; at += 2) sum += datagram.readUInt16BE(at);
	for (let at = payload; at + 1 < end; at += 2) sum += datagram.readUInt16BE(at);
	if ((end - payload) % 2 === 1) sum += datagram.readUInt8(end - 1) << 8;
	// At most 2^15 words of 2^16: two folds are enough.
	sum = (sum & 0xffff) + (sum >>> 16);
	return (sum & 0xffff) + (sum >>> 16);
}
