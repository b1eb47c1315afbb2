/** Ratios that libsamplerate takes are 1/256 to 256; these bounds keep clear of them at 48 kHz out. */
export const lowestRateHz = 1_000;
export const highestRateHz = 768_000;

/** Padding on both sides: longer than the converter's filter, at the lowest rate too. */
const padMs = 64;

/**
 * Resamples looped mono material (libsamplerate's sinc converter, about 100 dB), so that the result loops
 * without a seam: the converter is fed the loop's end before its beginning and its beginning after its end.
 *
 * @param material At least one sample, −1 to 1 (peaks past that are kept).
 * @param fromHz `lowestRateHz` to `highestRateHz`, an integer.
 * @returns `round(material.length · toHz / fromHz)` samples, at least one.
 */
export async function resampleLoop(
	material: Float32Array,
	fromHz: number,
	toHz: number,
): Promise<Float32Array> {
	const wanted = Math.max(1, Math.round((material.length * toHz) / fromHz));
	if (fromHz === toHz) return material;

	// A pad that is a whole number of samples at both rates starts the result on an exact sample.
	const shared = greatestCommonDivisor(fromHz, toHz);
	const units = Math.ceil((padMs * shared) / 1000);
	const pad = (units * fromHz) / shared;
	const skip = (units * toHz) / shared;

	// A megabyte of WebAssembly, loaded only where a rate differs.
	const { default: samplerate } = await import("@alexanderolsen/libsamplerate-js");
	const result = new Float32Array(wanted);
	const converter = await samplerate.create(1, fromHz, toHz, {
		converterType: samplerate.ConverterType.SRC_SINC_FASTEST,
	});
	try {
		const total = material.length + 2 * pad;
		const chunk = new Float32Array(fromHz);
		let produced = -skip;
		for (let fed = 0; fed < total && produced < wanted; fed += chunk.length) {
			const length = Math.min(chunk.length, total - fed);
			for (let i = 0; i < length; i++)
				chunk[i] = material[modulo(fed + i - pad, material.length)] ?? 0;
			const piece = converter.full(chunk.subarray(0, length));
			for (const sample of piece) {
				if (produced >= 0 && produced < wanted) result[produced] = sample;
				produced++;
			}
		}
	} finally {
		converter.destroy();
	}
	return result;
}

function modulo(n: number, length: number): number {
	const rest = n % length;
	return rest < 0 ? rest + length : rest;
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
