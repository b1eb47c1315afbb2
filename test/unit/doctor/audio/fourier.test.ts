import fc from "fast-check";
import { expect, test } from "vitest";
import { transform } from "../../../../src/doctor/audio/fourier.js";

const signal = fc
	.integer({ min: 0, max: 8 })
	.chain((bits) => {
		const part = fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), {
			...{ minLength: 2 ** bits, maxLength: 2 ** bits },
		});
		return fc.tuple(part, part);
	})
	.map(([real, imaginary]) => {
		return { real: Float64Array.from(real), imaginary: Float64Array.from(imaginary) };
	});

test("forward and back is the signal times its length", () => {
	fc.assert(
		fc.property(signal, ({ real, imaginary }) => {
			const copy = { real: real.slice(), imaginary: imaginary.slice() };
			transform(copy, "forward");
			transform(copy, "back");
			real.forEach((value, n) => {
				expect((copy.real[n] ?? 0) / real.length).toBeCloseTo(value, 5);
				expect((copy.imaginary[n] ?? 0) / real.length).toBeCloseTo(imaginary[n] ?? 0, 5);
			});
		}),
	);
});

test("it is the sum that defines it", () => {
	fc.assert(
		fc.property(signal, ({ real, imaginary }) => {
			const length = real.length;
			const spectrum = { real: real.slice(), imaginary: imaginary.slice() };
			transform(spectrum, "forward");
			for (let k = 0; k < Math.min(length, 8); k++) {
				let sum = 0;
				real.forEach((value, n) => {
					const angle = (-2 * Math.PI * k * n) / length;
					sum += value * Math.cos(angle) - (imaginary[n] ?? 0) * Math.sin(angle);
				});
				expect(spectrum.real[k]).toBeCloseTo(sum, 4);
			}
		}),
		{ numRuns: 50 },
	);
});
