/** @param datagram may be overwritten once the call returns */
export type OnDatagram = (
	datagram: Buffer,
	address: string,
	port: number,
	arrivalMs: number,
) => void;

/** A UDP socket that the server sees. */
export interface OuterSocket {
	readonly port: number;
	send(datagram: Buffer, address: string, port: number): void;
	/** Handshakes are over: from now on a few milliseconds of delay do no harm. */
	settle(): void;
	close(): void;
}
