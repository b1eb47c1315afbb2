export type DatagramKind = "stun" | "dtls" | "rtp" | "rtcp" | "other";

/** What shares one UDP flow, by its first bytes: RFC 7983 section 7, and RFC 5761 section 4 for RTCP. */
export function datagramKind(datagram: Buffer): DatagramKind {
	const first = datagram[0] ?? 0xff;
	if (first < 4) return "stun";
	if (first >= 20 && first < 64) return "dtls";
	if (first < 128 || first > 191) return "other";
	const second = datagram[1] ?? 0;
	return second >= 192 && second <= 223 ? "rtcp" : "rtp";
}
