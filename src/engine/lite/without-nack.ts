/**
 * The description without generic NACK (RFC 4585, 6.2.1), so that neither side expects a packet to be sent again: we
 * neither ask for one nor answer, and what is lost on the way stays lost in the figures.
 */
export function withoutNack(sdp: string): string {
	return sdp.replace(/^a=rtcp-fb:\S+ nack[ \t]*\r?\n/gm, "");
}
