import { closest, distance } from "fastest-levenshtein";
import { UserError } from "../error/user-error.js";
import { type BuiltInSource, builtInSources, isBuiltInSource } from "./built-in-sources.js";
import type { PcmSource } from "./pcm-source.js";
import { silenceSource } from "./silence.js";
import { speechSource } from "./speech.js";
import { toneSource } from "./tone.js";

const builtIn: Readonly<Record<BuiltInSource, () => PcmSource>> = {
	tone: toneSource,
	speech: () => speechSource(),
	silence: silenceSource,
};

const opened = new Map<BuiltInSource, PcmSource>();

/** A source that needs no file; made once, as all who publish it may share it. */
export function openBuiltInSource(name: BuiltInSource): PcmSource {
	const known = opened.get(name);
	if (known) return known;
	const source = builtIn[name]();
	opened.set(name, source);
	return source;
}

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
	if (isBuiltInSource(name)) return openBuiltInSource(name);
	let bytes: Buffer;
	try {
		bytes = await readFile(name);
	} catch (error) {
		throw unreadable(name, error);
	}
	const { wavSource } = await import("./wav.js");
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
