import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../error/user-error.js";

/** Any of these makes a folder one of a run. */
const files = ["run.json", "summary.json", "timeline.jsonl", "events.jsonl"] as const;

/**
 * Checks that a path names the folder of a run.
 * @returns the folder's own name
 * @throws UserError saying what it is instead
 */
export async function resultFolderName(folder: string): Promise<string> {
	const names = await listed(folder);
	if (!files.some((file) => names.includes(file))) throw await notOfARun(folder, names);
	return basename(resolve(folder));
}

async function listed(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		const what =
			code === "ENOENT"
				? "does not exist"
				: code === "ENOTDIR"
					? "is a file, not a folder"
					: `cannot be read (${code ?? "unknown error"})`;
		throw new UserError({
			message: `${folder} ${what}.`,
			hint: "Name the folder of one run, for example results/20261122T140845Z-smoke-59015b.",
			cause,
		});
	}
}

async function notOfARun(folder: string, names: readonly string[]): Promise<UserError> {
	const newest = await newestRun(folder, names);
	return new UserError({
		message: `${folder} is not the result folder of a run: it has none of ${files.join(", ")}.`,
		hint:
			newest === undefined
				? "Name a folder that livesoak run has made: it says where at its end."
				: `The newest run in it is ${newest}`,
	});
}

/** Names begin with their time, so the last is the newest. */
async function newestRun(folder: string, names: readonly string[]): Promise<string | undefined> {
	for (const name of [...names].sort().reverse().slice(0, 20)) {
		const path = join(folder, name);
		if (await stat(join(path, "run.json")).catch(() => undefined)) return path;
	}
	return undefined;
}
