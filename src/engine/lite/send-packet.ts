/** A track or data channel of libdatachannel. */
export interface Outlet<Bytes> {
	isOpen(): boolean;
	/** @throws Error when it has closed */
	sendMessageBinary(bytes: Bytes): boolean;
}

/**
 * Sends while the outlet is open. The library closes it on a thread of its own, when the server does: between the
 * question and the answer, too, and what it throws then says no more than that.
 * @returns whether it was sent
 */
export function sendPacket<Bytes>(outlet: Outlet<Bytes>, packet: Bytes): boolean {
	try {
		return outlet.isOpen() && outlet.sendMessageBinary(packet);
	} catch {
		return false;
	}
}
