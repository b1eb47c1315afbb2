/** WAVE format tags (RFC 2361 and mmreg.h) that hold plain samples. */
const pcm = 0x0001;
const float = 0x0003;
/** WAVE_FORMAT_EXTENSIBLE: the real tag stands in the first part of the sub-format. */
const extensible = 0xfffe;

const compressedNames: Readonly<Record<number, string>> = {
	2: "Microsoft ADPCM",
	6: "A-law",
	7: "µ-law",
	17: "IMA ADPCM",
	49: "GSM 6.10",
	80: "MPEG",
	85: "MP3",
	255: "AAC",
	5632: "AAC",
	8192: "AC-3",
	26447: "Ogg Vorbis",
};

/** First bytes of files that people take for WAV. */
const otherContainers: readonly (readonly [offset: number, magic: string, name: string])[] = [
	[0, "ID3", "an MP3 file"],
	[0, "\xff\xfb", "an MP3 file"],
	[0, "\xff\xf3", "an MP3 file"],
	[0, "OggS", "an Ogg file"],
	[0, "fLaC", "a FLAC file"],
	[0, "FORM", "an AIFF file"],
	[0, "caff", "a CAF file"],
	[0, "\x1aE\xdf\xa3", "a WebM or Matroska file"],
	[4, "ftyp", "an MP4 or M4A file"],
];

/** The `fmt ` chunk, as far as decoding needs it. */
export interface WavFormat {
	readonly audioFormat: number;
	readonly numChannels: number;
	readonly sampleRate: number;
	readonly blockAlign: number;
	readonly subformat: readonly number[];
}

/** The name of the compression, or undefined for plain samples (integer or float). */
export function compressionName(format: WavFormat): string | undefined {
	const tag = effectiveTag(format);
	if (tag === pcm || tag === float) return undefined;
	return compressedNames[tag] ?? `format 0x${tag.toString(16).padStart(4, "0")}`;
}

export function isFloat(format: WavFormat): boolean {
	return effectiveTag(format) === float;
}

/** What a file that is no RIFF/WAVE is, in words, where its first bytes tell. */
export function otherContainerName(bytes: Uint8Array): string | undefined {
	const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
	return otherContainers.find(([offset, magic]) => start.startsWith(magic, offset))?.[2];
}

function effectiveTag(format: WavFormat): number {
	return format.audioFormat === extensible ? (format.subformat[0] ?? 0) : format.audioFormat;
}
