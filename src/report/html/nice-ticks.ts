/** Round values from 0 to `max`, steps of 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function niceTicks(max: number, wanted: number): number[] {
	if (!(max > 0) || !Number.isFinite(max)) return [0];
	const rough = max / wanted;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
	return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, index) => index * step);
}
