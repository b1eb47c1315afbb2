import { messageHeaderBytes } from "./data-message.js";

/** What one participant sends on the data channel to everybody else in its room. */
export interface DataStream {
	/** Messages a second, above 0. */
	readonly rateHz: number;
	/** Of each message, without what LiveKit and SCTP put around it. */
	readonly bytes: number;
	/** LiveKit's channel: in order and sent again when lost, or once and in any order. */
	readonly reliable: boolean;
}

/** A smaller message has no room for its number and its time. */
export const smallestDataBytes = messageHeaderBytes;

/**
 * LiveKit's own limit (docs.livekit.io, Data packets): 15 KiB, for with what is put around it the packet must
 * stay below the 16 KiB that every implementation of data channels takes.
 */
export const largestDataBytes = 15 * 1024;
