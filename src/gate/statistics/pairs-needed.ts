import { studentT } from "./student.js";

/** Beyond this it is not a matter of more rounds. */
export const mostPairs = 10_000;

/**
 * How many pairs of rounds settle a figure with the power asked for, if effect and spread stay as observed: the
 * smaller number of those that show it to be within the margin, and those that show it to be a difference.
 * @param request.level of one of the two tests of equivalence; `differenceLevel` of the two-sided test against none
 * @returns at most `mostPairs`
 */
export function pairsNeeded(request: {
	readonly effect: number;
	readonly deviation: number;
	readonly margin: number;
	readonly level: number;
	readonly differenceLevel: number;
	readonly power: number;
}): number {
	const { deviation, margin, level, differenceLevel, power } = request;
	const effect = Math.abs(request.effect);
	const ways = [
		// Both one-sided tests must succeed; at no effect each has half of what may fail.
		{ distance: margin - effect, level, power: effect < margin / 2 ? (1 + power) / 2 : power },
		// Only an effect beyond the margin is called one.
		{ distance: effect >= margin ? effect : 0, level: differenceLevel / 2, power },
	];
	return Math.min(...ways.map((way) => (way.distance > 0 ? enough(deviation, way) : mostPairs)));
}

/** t quantiles depend on the number looked for: from what would do with the normal ones, up to the first that does. */
function enough(
	deviation: number,
	{ distance, level, power }: { distance: number; level: number; power: number },
): number {
	const wanted = (pairs: number) => {
		const width = studentT(1 - level, pairs - 1) + studentT(power, pairs - 1);
		return ((width * deviation) / distance) ** 2;
	};
	let pairs = Math.max(2, Math.ceil(wanted(mostPairs)));
	while (pairs < mostPairs && wanted(pairs) > pairs) pairs += 1;
	return Math.min(mostPairs, pairs);
}
