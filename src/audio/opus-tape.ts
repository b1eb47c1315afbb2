/** One encoded 20 ms frame; shared by all who send it, never to be written to. */
export interface OpusPacket {
	/** Empty: nothing is to be sent for this frame (DTX). */
	readonly payload: Uint8Array;
	/** RFC 6464: 0 (loudest) to 127 (silence). */
	readonly level: number;
}

/** Endless Opus material by frame number. */
export interface OpusTape {
	/** @param frame 0 for the frame that begins with sample 0 of the material; never negative */
	packetAt(frame: number): OpusPacket;
}
