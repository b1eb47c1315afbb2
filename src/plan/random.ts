import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** What a stream of random numbers is for, so that no two purposes share one. */
export const purpose = {
	stay: 1,
	arrival: 2,
	arrivalStay: 3,
	turnBorder: 4,
	turnOrder: 5,
} as const;

/** A random stream: 53-bit numbers in [0, 1), always the same for the same seed and keys. */
export interface RandomStream {
	next(): number;
}

/** The stream of this seed and these whole-number keys, reached without passing through any other. */
export function randomStream(seed: number, ...keys: readonly number[]): RandomStream {
	const generator: RandomGenerator = xoroshiro128plusFromState(
		[1, 2, 3, 4].map((word) => hash(seed, ...keys, word) | 0),
	);
	return { next: () => uniformFloat64(generator) };
}

/**
 * Mixes a seed and whole-number keys to an unsigned 32-bit number, where one changed bit changes about
 * half of the result (MurmurHash3's 32-bit block and finalizer, Appleby 2011, public domain).
 */
export function hash(seed: number, ...keys: readonly number[]): number {
	let h = block(block(0, seed >>> 0), Math.floor(seed / 2 ** 32) >>> 0);
	for (const key of keys) h = block(h, key | 0);
	h ^= h >>> 16;
	h = Math.imul(h, 0x85ebca6b);
	h ^= h >>> 13;
	h = Math.imul(h, 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

/** {@link hash} as a number in [0, 1). */
export function hashFraction(seed: number, ...keys: readonly number[]): number {
	return hash(seed, ...keys) / 2 ** 32;
}

function block(state: number, word: number): number {
	let k = Math.imul(word, 0xcc9e2d51);
	k = (k << 15) | (k >>> 17);
	const h = state ^ Math.imul(k, 0x1b873593);
	return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
