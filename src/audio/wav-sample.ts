import { isFloat, type WavFormat } from "./wav-format.js";

/** Reads the sample at a byte offset, scaled to −1 … 1 (floats as they are). */
export type SampleReader = (view: DataView, byteOffset: number) => number;

/**
 * How to read one sample of this format; undefined for a size that WAVE does not have.
 * 8-bit WAV is unsigned, wider integers are signed, and depths between (12, 20 bits) are left-justified in
 * whole bytes, so the size of the container alone gives the scale.
 */
export function sampleReader(format: WavFormat, littleEndian: boolean): SampleReader | undefined {
	const bits = (format.blockAlign / format.numChannels) * 8;
	if (isFloat(format)) {
		if (bits === 32) return (view, at) => view.getFloat32(at, littleEndian);
		if (bits === 64) return (view, at) => view.getFloat64(at, littleEndian);
		return undefined;
	}
	if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128;
	if (bits === 16) return (view, at) => view.getInt16(at, littleEndian) / 2 ** 15;
	if (bits === 24)
		return (view, at) => {
			const high = view.getInt8(littleEndian ? at + 2 : at);
			const low = littleEndian ? view.getUint16(at, true) : view.getUint16(at + 1, false);
			return (high * 65_536 + low) / 2 ** 23;
		};
	if (bits === 32) return (view, at) => view.getInt32(at, littleEndian) / 2 ** 31;
	return undefined;
}
