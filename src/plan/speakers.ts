import { hash, hashFraction, purpose } from "./random.js";

/** Turns last 4 s, with each border moved by up to 1 s either way: 2 to 6 s. */
const turnMs = 4000;
const mostShiftMs = 1000;

/** A publisher of a room in which publishers take turns. */
export interface Speaker {
	readonly seed: number;
	readonly room: number;
	/** 0-based among the publishing seats of the room. */
	readonly publisherIndex: number;
	/** Publishing seats of the room, at least 1. */
	readonly publishers: number;
}

/**
 * Whether it is this publisher's turn. In each room exactly one publisher speaks at any time, for 2 to
 * 6 s; everyone gets a turn before anyone gets a second one, and nobody follows themselves. Needs no
 * history: the time it takes does not depend on `atMs`.
 */
export function isSpeaking(speaker: Speaker & { readonly atMs: number }): boolean {
	return speakerOfTurn(speaker, turnAt(speaker, speaker.atMs)) === speaker.publisherIndex;
}

/** Whether it is this publisher's turn during all, none or a part of `fromMs <= t < toMs`. */
export function speakingWindow(
	speaker: Speaker & { readonly fromMs: number; readonly toMs: number },
): "speaking" | "quiet" | "mixed" {
	const { fromMs, toMs } = speaker;
	let turn = turnAt(speaker, fromMs);
	const first = speakerOfTurn(speaker, turn) === speaker.publisherIndex;
	// Ends at the first change; with two or more publishers that is less than two rounds away.
	while (borderMs(speaker, ++turn) < toMs)
		if ((speakerOfTurn(speaker, turn) === speaker.publisherIndex) !== first) return "mixed";
	return first ? "speaking" : "quiet";
}

/** The turn k with border(k) <= atMs < border(k + 1). Borders move less than half a turn: two tries. */
function turnAt(speaker: Speaker, atMs: number): number {
	const turn = Math.floor((atMs + mostShiftMs) / turnMs);
	return borderMs(speaker, turn) <= atMs ? turn : turn - 1;
}

function borderMs({ seed, room }: Speaker, turn: number): number {
	const shift = 2 * hashFraction(seed, purpose.turnBorder, room, turn) - 1;
	return turn * turnMs + Math.round(shift * mostShiftMs);
}

/**
 * Who speaks: the turns are cut into rounds of one turn for each publisher, and each round has its own
 * order, `first + i × step` modulo the number of publishers, a permutation as step is coprime to it.
 */
function speakerOfTurn(speaker: Speaker, turn: number): number {
	const { publishers } = speaker;
	// One speaks alone; two can only alternate.
	if (publishers <= 2)
		return positiveModulo(turn + hash(speaker.seed, purpose.turnOrder, speaker.room), publishers);
	const round = Math.floor(turn / publishers);
	const i = positiveModulo(turn, publishers);
	// The first two of a round change places where the last of the round before would speak twice.
	const isRepeated =
		i < 2 && inRound(speaker, round - 1, publishers - 1) === inRound(speaker, round, 0);
	return inRound(speaker, round, isRepeated ? 1 - i : i);
}

function inRound({ seed, room, publishers }: Speaker, round: number, i: number): number {
	const first = hash(seed, purpose.turnOrder, room, round, 1) % publishers;
	let step = 1 + (hash(seed, purpose.turnOrder, room, round, 2) % (publishers - 1));
	while (greatestCommonDivisor(step, publishers) !== 1) step = (step % (publishers - 1)) + 1;
	return (first + i * step) % publishers;
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function positiveModulo(value: number, modulus: number): number {
	return ((value % modulus) + modulus) % modulus;
}
