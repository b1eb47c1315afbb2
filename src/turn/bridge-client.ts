import type { TurnConnectError } from "./connect-error.js";

/** Per client, on its way to the server: about what a UDP socket's buffer holds. */
export const mostWaitingBytes = 64 * 1024;

/** What a client's way to the server tells the bridge. None is called after `close()`. */
export interface BridgeClientEvents {
	/** The server is there: the connection stands, or over UDP something came from it. */
	onReady(): void;
	/** A message from the server for the client; `readAtMs` is when its last bytes were read. */
	onMessage(message: Buffer, readAtMs: number): void;
	/** A datagram was taken by the kernel, so long after it came in. */
	onHandedOver(delayMs: number): void;
	/** What is wrong with the server; `established` tells one that was there from one that never was. */
	onFault(established: boolean, error: TurnConnectError): void;
	/** The connection is over; UDP knows no such thing. */
	onEnd(): void;
}

/** One TURN client's own way to the server: its 5-tuple, as the server knows it. One file per kind. */
export interface BridgeClient {
	/** When the client's last datagram came; at first, when it was opened. */
	readonly lastAtMs: number;
	/** See `AllocationWatch`. */
	readonly isLeaving: boolean;
	isForAnother(message: Buffer): boolean;
	/** The bridge's UDP port towards the server, where the kernel may drop what is read too late. */
	readonly udpPort?: { readonly family: 4 | 6; readonly port: number } | undefined;
	/**
	 * @param message one whole TURN message, see `wholeMessage`
	 * @returns false when it had to be dropped, as a UDP socket drops what its buffer does not hold
	 */
	send(message: Buffer, atMs: number): boolean;
	/** Ends it without a word to the bridge; idempotent. */
	close(): void;
	readonly closed: Promise<void>;
}
