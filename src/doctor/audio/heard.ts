import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { Failure } from "../../participant/failure.js";
import type { MarkerMeasure } from "./measure-marker.js";
import type { Sound } from "./sound.js";

/** The marker in what was heard. */
export interface HeardMarker extends MarkerMeasure {
	/** Speed: 1 as published. */
	readonly ratio: number;
	readonly score: number;
	/** Mouth to ear; absent where somebody else published it. */
	readonly delayMs?: number;
}

/** Figures of libwebrtc for the time of listening. */
export interface HeardFigures {
	readonly packets: number;
	/** 0 to 1. */
	readonly lossShare: number;
	/** Made up by the decoder in place of what did not come, 0 to 1. */
	readonly concealedShare: number;
	/** By the E-model, from the measured delay where there is one. */
	readonly mos?: number;
}

/** One remote audio track, as one listener met it. */
export interface HeardTrack {
	readonly publisher: string;
	/** Published by another participant of this examination. */
	readonly isOurs: boolean;
	readonly isMuted: boolean;
	readonly isSubscribed: boolean;
	/** Absent where not one frame came out of the decoder. */
	readonly sound?: Sound;
	readonly marker?: HeardMarker;
	readonly figures?: HeardFigures;
}

/** What one participant heard. */
export interface HeardBy {
	readonly identity: string;
	readonly publishes: boolean;
	/** It did not get into the room, or could not publish. */
	readonly failure?: Failure;
	/** Others in the room when it stopped listening, ours included. */
	readonly others: number;
	readonly pairs: readonly CandidatePair[];
	readonly packetsSent: number;
	readonly tracks: readonly HeardTrack[];
}
