import { closest, distance } from "fastest-levenshtein";
import { UserError } from "../error/user-error.js";
import type { PcmSource } from "./pcm-source.js";
import { silenceSource } from "./silence.js";
import { speechSource } from "./speech.js";
import { toneSource } from "./tone.js";
import { wavSource } from "./wav.js";

/** The sources that need no file, by the word the user types. */
const builtIn = {
	tone: toneSource,
	speech: () => speechSource(),
	silence: silenceSource,
} as const;

export const builtInSources = Object.keys(builtIn) as (keyof typeof builtIn)[];

/**
 * Opens what a scenario or a flag names: `tone`, `speech`, `silence`, or the path of a WAV file (a file that is
 * called like a built-in source needs `./` before its name).
 *
 * @param readFile Reads a whole file; its rejections are explained.
 * @throws UserError when the file cannot be read or played.
 */
export async function openPcmSource(
	name: string,
	readFile: (path: string) => Promise<Buffer>,
): Promise<PcmSource> {
	const known = builtInSources.find((word) => word === name);
	if (known !== undefined) return builtIn[known]();
	let bytes: Buffer;
	try {
		bytes = await readFile(name);
	} catch (error) {
		throw unreadable(name, error);
	}
	return wavSource(name, bytes);
}

function unreadable(name: string, error: unknown): UserError {
	const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
	const words: Record<string, string> = {
		ENOENT: "there is no such file",
		EACCES: "it may not be read (permission denied)",
		EISDIR: "it is a folder",
	};
	const nearest = closest(name, builtInSources);
	return new UserError({
		message: `Audio source "${name}" cannot be opened: ${words[code] ?? code}.`,
		hint:
			distance(name, nearest) <= 2
				? `Did you mean "${nearest}"?`
				: `Give the path of a WAV file, or one of ${builtInSources.join(", ")}.`,
		cause: error,
	});
}
