import { innerIpv4 } from "./inner-frame.js";

/** What a packet is to an impairment. RTCP is "udp". */
export type FrameKind = "rtp" | "udp" | "other";

const udp = 17;
const udpHeaderBytes = 8;

/** The kind of the packet in a VXLAN datagram; a fragment other than the first is "other". */
export function frameKind(datagram: Buffer): FrameKind {
	const ip = innerIpv4(datagram);
	if (ip?.protocol !== udp || ip.fragmentOffset > 0) return "other";
	const payload = ip.payload + udpHeaderBytes;
	if (ip.end < payload + 2) return "udp";
	// RFC 7983: the first two bits are 2. RFC 5761 4: RTCP has 192 to 223 in the second byte.
	const isRtpOrRtcp = datagram.readUInt8(payload) >> 6 === 2;
	const isRtcp = (datagram.readUInt8(payload + 1) & 0xe0) === 0xc0;
	return isRtpOrRtcp && !isRtcp ? "rtp" : "udp";
}
