import type { DataTotals } from "./data-totals.js";

/** What one received track did in one window (about a second). */
export interface TrackWindow {
	readonly durationMs: number;
	readonly packetsReceived: number;
	readonly packetsLost: number;
	readonly bytesReceived: number;
	/** Packets that came after a later one, and copies. */
	readonly disorder?: { readonly reordered: number; readonly duplicated: number };
	/** A sample of the packets was decrypted, the others were counted by their headers. */
	readonly decryption?: { readonly sampled: number; readonly succeeded: number };
	/** RFC 3550 interarrival jitter at the end of the window. */
	readonly jitterMs: number;
	/** Concealed samples and all samples; absent where nothing is decoded. */
	readonly concealedSamples?: number;
	readonly totalSamples?: number;
	/**
	 * Milliseconds of silence that should not have been, and milliseconds in which something should
	 * have been heard; absent where nothing is decoded or the publisher is meant to be quiet.
	 */
	readonly silentMs?: number;
	readonly audibleMs?: number;
	/** Mouth-to-ear delay that went into `mos`: see `oneWayDelayMs` in aggregate/mos.ts. */
	readonly oneWayDelayMs?: number;
	/** ITU-T G.107 E-model estimate, 1 to 4.5; absent in a window without packets. */
	readonly mos?: number;
}

/** What one participant sent and received in one window. */
export interface MediaWindow {
	readonly durationMs: number;
	readonly packetsSent: number;
	readonly bytesSent: number;
	readonly rttMs?: number;
	readonly audioFramesLate: number;
	readonly audioFramesDue: number;
	readonly tracks: readonly TrackWindow[];
	/** Absent where it had no data to send or to count. */
	readonly data?: DataTotals;
}
