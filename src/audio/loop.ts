/**
 * Copies material that repeats for ever: sample `n` of the loop is `material[n mod length]`.
 * @param material At least one sample.
 * @param startSample Any integer; may be far past the end of the material.
 */
export function readLoop(material: Int16Array, startSample: number, out: Int16Array): void {
	let from = startSample % material.length;
	if (from < 0) from += material.length;
	for (let filled = 0; filled < out.length; from = 0) {
		const piece = material.subarray(from, from + out.length - filled);
		out.set(piece, filled);
		filled += piece.length;
	}
}
