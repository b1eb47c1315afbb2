import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { makeFolders } from "../sink/make-folders.js";
import { isAlive, ownPid } from "./pid.js";
import type { OnProgress } from "./progress.js";

const pollMs = 250;
/** Longer than the slowest way to get a server may take. */
const waitBoundMs = 20 * 60_000;

/**
 * Runs `work` while holding the lock file `path`, so that two runs do not both build one binary.
 *
 * The lock saves work and no more: what it guards is put in place by an atomic rename, so the
 * result is right even where a lock is taken over wrongly. A lock whose holder is dead (same
 * machine) or that is older than 20 minutes (another machine, shared home) is taken over.
 *
 * @throws UserError when the folder cannot be made, and after 20 minutes of waiting; the abort reason when `signal` aborts
 */
export async function withCacheLock<T>(
	path: string,
	options: { readonly onProgress: OnProgress; readonly signal?: AbortSignal | undefined },
	work: () => Promise<T>,
): Promise<T> {
	await makeFolders(dirname(path)).catch((cause) => {
		throw new UserError({
			message: `cannot make the cache folder ${dirname(path)} (${cause.code}).`,
			hint: "Set LIVESOAK_CACHE_DIR to a folder that you may write to, or LIVEKIT_SERVER_BIN to a livekit-server.",
			cause,
		});
	});
	const holder = JSON.stringify({ pid: ownPid, host: hostname() });
	const untilMs = systemClock.nowMs() + waitBoundMs;
	for (let waited = false; !(await take(path, holder)); waited = true) {
		options.signal?.throwIfAborted();
		if (await isStale(path)) {
			await rm(path, { force: true });
			continue;
		}
		if (!waited) options.onProgress(`waiting for another run that is filling ${dirname(path)}`);
		if (systemClock.nowMs() > untilMs) {
			throw new UserError({
				message: `The lock ${path} was held by another run for 20 minutes.`,
				hint: "If no other livesoak is running, delete that file.",
				exitCode: 1,
			});
		}
		await systemClock.sleepUntil(systemClock.nowMs() + pollMs, options.signal);
	}
	try {
		return await work();
	} finally {
		await rm(path, { force: true });
	}
}

/** A hard link is atomic and brings its content along: nobody ever sees a lock without a holder. */
async function take(path: string, holder: string): Promise<boolean> {
	const draft = `${path}.${randomUUID()}`;
	await writeFile(draft, holder);
	try {
		await link(draft, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	} finally {
		await rm(draft, { force: true });
	}
}

async function isStale(path: string): Promise<boolean> {
	try {
		const holder: unknown = JSON.parse(await readFile(path, "utf8"));
		const ageMs = systemClock.nowMs() - (await stat(path)).mtimeMs;
		if (ageMs > waitBoundMs) return true;
		if (typeof holder !== "object" || holder === null) return true;
		const { pid, host } = holder as { pid?: unknown; host?: unknown };
		return host === hostname() && typeof pid === "number" && !isAlive(pid);
	} catch (error) {
		// Released in between is not stale: the next attempt to take it decides.
		return error instanceof SyntaxError;
	}
}
