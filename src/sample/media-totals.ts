import type { DataTotals } from "./data-totals.js";

/** Running totals of one received audio track (W3C inbound-rtp names; times in seconds as there). */
export interface InboundTrackTotals {
	/** Stable for the life of the subscription. */
	readonly trackId: string;
	/** Identity of the publisher, where the engine knows it. */
	readonly publisherIdentity?: string;
	/** Without copies that the network made. */
	readonly packetsReceived: number;
	/** Signed, as RFC 3550 has it: a packet that comes late lowers it again. */
	readonly packetsLost: number;
	readonly bytesReceived: number;
	/** Packets that came after a later one, and copies; absent where the engine does not tell. */
	readonly disorder?: { readonly reordered: number; readonly duplicated: number };
	/**
	 * Of packets counted by their header alone, a sample is decrypted too: how many were, and with how many it
	 * succeeded. Absent where every packet is decrypted.
	 */
	readonly decryption?: { readonly sampled: number; readonly succeeded: number };
	/** RFC 3550 6.4.1 interarrival jitter, converted to milliseconds. */
	readonly jitterMs: number;
	/** Decoder figures; absent where the engine does not decode. */
	readonly decoded?: {
		/** Samples at the decoder's clock rate, with the concealed ones. */
		readonly totalSamplesReceived: number;
		readonly concealedSamples: number;
		readonly silentConcealedSamples: number;
		readonly totalAudioEnergy: number;
		readonly totalSamplesDurationS: number;
		readonly jitterBufferDelayS: number;
		readonly jitterBufferEmittedCount: number;
	};
}

/** Running totals of one participant since its join. */
export interface MediaTotals {
	readonly packetsSent: number;
	readonly bytesSent: number;
	/** Latest round-trip time in milliseconds (RTCP, else the selected pair's STUN checks). */
	readonly rttMs?: number;
	/** Frames that left later than the pacing tolerance or not at all, and all that were due. */
	readonly audioFramesLate: number;
	readonly audioFramesDue: number;
	readonly inbound: readonly InboundTrackTotals[];
	/** Absent where it has no data to send or to count. */
	readonly data?: DataTotals;
}
