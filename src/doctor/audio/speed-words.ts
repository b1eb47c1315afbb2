import type { Finding } from "../finding.js";

const usualRatesHz = [48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 8_000] as const;

/** What a wrong speed says of the sample rates: the true one, and the one it is declared as. */
export function speedWords(
	publisher: string,
	ratio: number,
): Pick<Finding, "title" | "cause" | "fix"> {
	const pair = ratesOf(ratio);
	const rates = pair
		? `PCM at ${pair.trueHz} Hz declared as ${pair.declaredHz} Hz`
		: "a wrong sample rate";
	const channels =
		ratio === 2
			? " (or mono declared as stereo)"
			: ratio === 0.5
				? " (or stereo declared as mono)"
				: "";
	const pitch = ratio > 1 ? "too fast and too high" : "too slow and too low";
	return {
		title: `${publisher} sounds ${ratio.toFixed(3)} times as fast as published: ${rates}${channels}`,
		cause: `Samples are played at another rate than they were made at: the voice is ${pitch}, with gaps or a growing delay.`,
		fix: `Give the audio source of ${publisher} the true rate of its PCM${pair ? ` (${pair.trueHz} Hz)` : ""}, or resample to the declared one.`,
	};
}

/** The pair with the highest declared rate: 48 kHz is what most publishers say. */
function ratesOf(ratio: number): { trueHz: number; declaredHz: number } | undefined {
	for (const declaredHz of usualRatesHz)
		for (const trueHz of usualRatesHz)
			if (Math.abs(declaredHz / trueHz - ratio) < 1e-9) return { trueHz, declaredHz };
	return undefined;
}
