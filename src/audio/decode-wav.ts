import wavefile from "wavefile";
import { UserError } from "../error/user-error.js";
import { compressionName, otherContainerName, type WavFormat } from "./wav-format.js";
import { sampleReader } from "./wav-sample.js";

/** The part of wavefile's parsed file that is read here (its own types say `object`). */
interface ParsedWav {
	readonly container: string;
	readonly format: string;
	readonly fmt: WavFormat & { readonly chunkId: string };
	readonly data: { readonly chunkSize: number; readonly samples: Uint8Array };
}

/** From here on a declared length is a placeholder of a program that wrote to a pipe (sox, ffmpeg). */
const placeholderBytes = 0x7ff0_0000;

export interface DecodedWav {
	/** −1 to 1 for integer files; floats as they are in the file. */
	readonly mono: Float32Array;
	readonly rateHz: number;
}

/**
 * Decodes RIFF, RIFX and RF64 WAVE files with plain samples and averages their channels.
 * @param path Names the file in errors.
 * @throws UserError that says what kind of file it is instead, or what it lacks.
 */
export function decodeWav(path: string, bytes: Uint8Array): DecodedWav {
	const wav = parse(path, bytes);
	const { numChannels, sampleRate, blockAlign } = wav.fmt;
	const frames = Math.floor(wav.data.samples.length / blockAlign);
	if (frames === 0)
		throw new UserError({
			message: `Audio file "${path}" is empty: it has a header and no samples.`,
			hint: 'Use a file with sound in it, or the built-in source "speech".',
		});
	const declared = wav.data.chunkSize;
	if (declared > wav.data.samples.length && declared < placeholderBytes)
		throw new UserError({
			message: `Audio file "${path}" is truncated: its header announces ${declared} bytes of samples, ${wav.data.samples.length} are there.`,
			hint: "Copy or record the file again.",
		});

	const read = sampleReader(wav.fmt, wav.container !== "RIFX");
	if (read === undefined)
		throw broken(path, `its samples have ${(blockAlign / numChannels) * 8} bits`);
	const { samples } = wav.data;
	const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
	const sampleBytes = blockAlign / numChannels;
	const mono = new Float32Array(frames);
	for (let frame = 0; frame < frames; frame++) {
		let sum = 0;
		for (let channel = 0; channel < numChannels; channel++)
			sum += read(view, frame * blockAlign + channel * sampleBytes);
		const value = sum / numChannels;
		mono[frame] = Number.isFinite(value) ? value : 0;
	}
	return { mono, rateHz: sampleRate };
}

/** Reads the chunks. wavefile fills its fields as far as it got, so they tell why it gave up. */
function parse(path: string, bytes: Uint8Array): ParsedWav {
	const wav = new wavefile.WaveFile();
	let failure: unknown;
	try {
		wav.fromBuffer(bytes);
	} catch (error) {
		failure = error;
	}
	const parsed = wav as unknown as ParsedWav;
	if (!["RIFF", "RIFX", "RF64"].includes(parsed.container) || parsed.format !== "WAVE")
		throw notWav(path, bytes, failure);

	const { fmt } = parsed;
	if (fmt.chunkId !== "fmt " || !Number.isInteger(fmt.audioFormat))
		throw broken(path, 'it has no complete "fmt " chunk', failure);
	const compression = compressionName(fmt);
	if (compression !== undefined)
		throw new UserError({
			message: `Audio file "${path}" is not PCM: it is compressed as ${compression}.`,
			hint: convert(path),
			cause: failure,
		});
	if (failure !== undefined)
		throw broken(path, failure instanceof Error ? failure.message : String(failure), failure);
	const { numChannels, blockAlign, sampleRate } = fmt;
	if (!(numChannels > 0 && blockAlign > 0 && sampleRate > 0 && blockAlign % numChannels === 0))
		throw broken(
			path,
			`its header says ${numChannels} channels, ${blockAlign} bytes a frame, ${sampleRate} Hz`,
		);
	return parsed;
}

function notWav(path: string, bytes: Uint8Array, cause: unknown): UserError {
	const what = bytes.length === 0 ? "an empty file" : otherContainerName(bytes);
	return new UserError({
		message: `Audio file "${path}" is not a WAV file (RIFF/WAVE)${what === undefined ? "" : `: it is ${what}`}.`,
		hint: convert(path),
		cause,
	});
}

function broken(path: string, reason: string, cause?: unknown): UserError {
	return new UserError({
		message: `Audio file "${path}" cannot be read: ${reason}.`,
		hint: convert(path),
		cause,
	});
}

function convert(path: string): string {
	return `ffmpeg -i "${path}" -ac 1 -ar 48000 -c:a pcm_s16le out.wav (or: sox "${path}" -c 1 -r 48000 -b 16 out.wav)`;
}
