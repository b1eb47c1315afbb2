/** Share of the signal's energy that lies at one frequency (Goertzel), 0 to 1. Use whole cycles. */
export function shareAt(frequencyHz: number, samples: Int16Array, rateHz = 48_000): number {
	const step = (2 * Math.PI * frequencyHz) / rateHz;
	let real = 0;
	let imaginary = 0;
	let energy = 0;
	samples.forEach((sample, n) => {
		real += sample * Math.cos(step * n);
		imaginary += sample * Math.sin(step * n);
		energy += sample * sample;
	});
	return (2 * (real ** 2 + imaginary ** 2)) / (samples.length * energy);
}

/** Level in dBFS where a full-scale sine is 0. */
export function sineLevelDbfs(samples: Int16Array): number {
	let energy = 0;
	for (const sample of samples) energy += sample * sample;
	return 10 * Math.log10((2 * energy) / samples.length / 32_768 ** 2);
}
