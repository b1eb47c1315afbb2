import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Normal noise of standard deviation 1 (Box–Muller), each value holding on to a share of the one before it (AR(1)).
 * @param stickiness 0: independent; below 1
 */
export function noise(count: number, seed: number, stickiness: number): number[] {
	const generator = xoroshiro128plus(seed);
	let before = 0;
	return Array.from({ length: count }, (_, index) => {
		const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
		const fresh = radius * Math.cos(2 * Math.PI * uniformFloat64(generator));
		before = index === 0 ? fresh : stickiness * before + Math.sqrt(1 - stickiness ** 2) * fresh;
		return before;
	});
}
