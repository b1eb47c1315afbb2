/**
 * The reduced E-model of ITU-T G.107, as used for VoIP planning. An estimate of listening quality from
 * network figures, not a measurement of the sound. Opus has no settled impairment factors: Ie 0 and
 * Bpl 25 are the values in common use for it.
 */
export const mosModel = {
	model: "estimate, ITU-T G.107 E-model (reduced)",
	/** R without delay and loss: all other impairments at their G.107 defaults. */
	r0: 93.2,
	/** Equipment impairment of the codec without loss. */
	ie: 0,
	/** Packet-loss robustness of the codec. */
	bpl: 25,
	/** 1: losses are random, not in bursts. */
	burstRatio: 1,
	/** One Opus frame has to be complete before it can be sent. */
	packetizationMs: 20,
	/** Opus algorithmic look-ahead (RFC 6716: 6.5 ms by default). */
	lookaheadMs: 6.5,
} as const;

/** Inputs of the model. */
export interface MosInputs {
	/** Mouth to ear. */
	readonly oneWayDelayMs: number;
	/** 0 to 1; a negative loss (packets that came late after all) counts as none. */
	readonly lossRatio: number;
	/** @default 1, random loss */
	readonly burstRatio?: number;
	readonly ie?: number;
	readonly bpl?: number;
}

/** Above this delay people begin to talk into each other (G.107 simplification of Idd). */
const conversationLimitMs = 177.3;

/**
 * R = 93.2 − Id − Ie,eff and MOS from R, by ITU-T G.107:
 * - Id = 0.024 d + 0.11 (d − 177.3) H(d − 177.3)
 * - Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl / BurstR + Bpl), Ppl in percent
 *
 * @returns R clamped to 0..100 and MOS, 1 to 4.5
 */
export function estimateMos(inputs: MosInputs): { readonly r: number; readonly mos: number } {
	const { oneWayDelayMs: d, lossRatio } = inputs;
	const { burstRatio = mosModel.burstRatio, ie = mosModel.ie, bpl = mosModel.bpl } = inputs;
	const lossPercent = Math.min(Math.max(lossRatio, 0), 1) * 100;
	const delayImpairment = 0.024 * d + 0.11 * Math.max(d - conversationLimitMs, 0);
	const lossImpairment = ie + (95 - ie) * (lossPercent / (lossPercent / burstRatio + bpl));
	const r = Math.min(Math.max(mosModel.r0 - delayImpairment - lossImpairment, 0), 100);
	return { r, mos: mosFromR(r) };
}

/** G.107 Annex B. The polynomial dips just below 1 for R under 6.5; 1 is the lowest score there is. */
export function mosFromR(r: number): number {
	if (r <= 0) return 1;
	if (r >= 100) return 4.5;
	return Math.max(1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 1);
}

/**
 * The delay to put into the model: half the round trip between server and listener, the wait in the
 * jitter buffer, one Opus frame and the codec's look-ahead. The publisher's own leg to the server is
 * not in it, since the listener cannot see it. An unknown round trip counts as 0; where nothing is
 * decoded, twice the interarrival jitter stands for the buffer.
 */
export function oneWayDelayMs(parts: {
	readonly rttMs?: number | undefined;
	readonly jitterBufferMs?: number | undefined;
	readonly jitterMs: number;
}): number {
	const { rttMs = 0, jitterMs, jitterBufferMs = 2 * jitterMs } = parts;
	return rttMs / 2 + jitterBufferMs + mosModel.packetizationMs + mosModel.lookaheadMs;
}
