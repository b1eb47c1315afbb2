/** A complex signal, its parts apart. Both are of the same length, a power of two. */
export interface ComplexSignal {
	readonly real: Float64Array;
	readonly imaginary: Float64Array;
}

/**
 * The discrete Fourier transform in place (Cooley & Tukey 1965, radix 2). The inverse is not scaled: forward and
 * back again is the signal times its length.
 */
export function transform({ real, imaginary }: ComplexSignal, direction: "forward" | "back"): void {
	reorder(real);
	reorder(imaginary);
	const turn = direction === "forward" ? -2 * Math.PI : 2 * Math.PI;
	for (let size = 2; size <= real.length; size *= 2) {
		const half = size / 2;
		for (let k = 0; k < half; k++) {
			const cos = Math.cos((turn * k) / size);
			const sin = Math.sin((turn * k) / size);
			for (let even = k; even < real.length; even += size) {
				const odd = even + half;
				const oddReal = at(real, odd) * cos - at(imaginary, odd) * sin;
				const oddImaginary = at(real, odd) * sin + at(imaginary, odd) * cos;
				real[odd] = at(real, even) - oddReal;
				imaginary[odd] = at(imaginary, even) - oddImaginary;
				real[even] = at(real, even) + oddReal;
				imaginary[even] = at(imaginary, even) + oddImaginary;
			}
		}
	}
}

/** Sample n goes to the index with n's bits reversed. */
function reorder(samples: Float64Array): void {
	const { length } = samples;
	for (let index = 1, reversed = 0; index < length; index++) {
		let bit = length >> 1;
		for (; reversed & bit; bit >>= 1) reversed ^= bit;
		reversed |= bit;
		if (index < reversed) {
			const kept = at(samples, index);
			samples[index] = at(samples, reversed);
			samples[reversed] = kept;
		}
	}
}

function at(samples: Float64Array, index: number): number {
	return samples[index] ?? 0;
}
