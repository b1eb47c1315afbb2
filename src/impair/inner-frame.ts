/** RFC 7348 5. */
export const vxlanHeaderBytes = 8;
/** Without VLAN tags: the ends of our own tunnels write none. */
const ethernetHeaderBytes = 14;
const ipBegin = vxlanHeaderBytes + ethernetHeaderBytes;
const ipv4 = 0x0800;

/** An IPv4 packet within a VXLAN datagram: where it lies. */
export interface InnerIpv4 {
	/** Of the IPv4 header, and of what it carries, from the datagram's beginning. */
	readonly begin: number;
	readonly payload: number;
	/** Behind the last byte of the packet: what follows is padding of Ethernet. */
	readonly end: number;
	/** 6 TCP, 17 UDP (IANA). */
	readonly protocol: number;
	/** In units of 8 bytes; above 0 there is no TCP or UDP header at `payload`. */
	readonly fragmentOffset: number;
	readonly isFragment: boolean;
}

/**
 * @param datagram payload of the outer UDP datagram, from the VXLAN header on
 * @returns undefined where it carries no whole IPv4 packet
 */
export function innerIpv4(datagram: Buffer): InnerIpv4 | undefined {
	if (datagram.length < ipBegin + 20 || datagram.readUInt16BE(ipBegin - 2) !== ipv4)
		return undefined;
	const first = datagram.readUInt8(ipBegin);
	const payload = ipBegin + (first & 0x0f) * 4;
	const end = ipBegin + datagram.readUInt16BE(ipBegin + 2);
	if (first >> 4 !== 4 || payload < ipBegin + 20 || end < payload || end > datagram.length)
		return undefined;
	const fragment = datagram.readUInt16BE(ipBegin + 6);
	return {
		...{ begin: ipBegin, payload, end },
		protocol: datagram.readUInt8(ipBegin + 9),
		fragmentOffset: fragment & 0x1fff,
		// More to come, or not the first.
		isFragment: (fragment & 0x3fff) !== 0,
	};
}
