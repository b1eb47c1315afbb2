import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type AppendFile, targetOf } from "./append-file.js";
import { syncFolder } from "./atomic-file.js";
import { readLines } from "./read-lines.js";
import { type ThinningTier, TimelineThinner, thinningTiers } from "./timeline-thin.js";

const chunkBytes = 64 * 1024;

/** The thinned beginning of timeline.jsonl in a file beside it, synced, not yet in its place. */
export interface ThinnedFile {
	readonly path: string;
	/** Of the beginning. */
	readonly bytes: number;
	/** How many fewer they are now. */
	readonly saved: number;
}

/**
 * Writes the first `bytes` of a timeline, thinned by age, into a file beside it. The timeline itself is only read, so
 * a crash at any moment costs nothing; whatever an earlier crash left is written over.
 * @param bytes up to the end of a line
 * @param nowMs how far the run has come
 * @throws Node's error with its `code` (disk full); nothing is left then
 */
export async function thinFile(
	timeline: string,
	bytes: number,
	nowMs: number,
	tiers: readonly ThinningTier[] = thinningTiers,
): Promise<ThinnedFile> {
	const path = `${timeline}.tmp`;
	const file = await open(path, "w");
	let written = 0;
	try {
		let waiting = "";
		const put = async (lines: readonly string[], atLeast = chunkBytes) => {
			for (const line of lines) waiting += `${line}\n`;
			if (waiting.length < atLeast) return;
			const chunk = Buffer.from(waiting);
			waiting = "";
			await file.writeFile(chunk);
			written += chunk.length;
		};
		const thinner = new TimelineThinner(nowMs, tiers);
		for await (const lines of readLines(timeline, undefined, bytes)) {
			for (const line of lines) {
				if (line === undefined) continue;
				const done = thinner.add(line);
				if (done.length > 0) await put(done);
				// The run goes on beside this.
				if (done.length > 0) await setImmediate();
			}
		}
		await put(thinner.end(), 0);
		await file.sync();
	} catch (error) {
		await file.close();
		await rm(path, { force: true }).catch(() => {});
		throw error;
	}
	await file.close();
	return { path, bytes: written, saved: bytes - written };
}

/**
 * Thins a timeline that is being appended to. The long part, thinning, goes on beside the run; then what was appended
 * meanwhile is copied behind it and the new file takes the place of the old one by a rename. Until then the old file
 * is whole, from then on the new one, so that a crash at any moment costs no more than without.
 * @param file what appends to `timeline`
 * @returns bytes saved
 * @throws Node's error with its `code` (disk full); the timeline is as it was then
 */
export async function thinWhileAppending(
	timeline: string,
	file: AppendFile,
	nowMs: number,
	tiers?: readonly ThinningTier[],
): Promise<number> {
	const beginning = file.durable;
	const thinned = await thinFile(timeline, beginning, nowMs, tiers);
	const drop = () => rm(thinned.path, { force: true }).catch(() => {});
	if (thinned.saved <= 0) {
		await drop();
		return 0;
	}
	try {
		await file.swap(async (durable) => {
			const bytes = await copyTail(timeline, { from: beginning, until: durable }, thinned);
			const target = targetOf(await open(thinned.path, "r+"));
			await rename(thinned.path, timeline);
			await syncFolder(dirname(timeline));
			return { target, bytes };
		});
	} catch (error) {
		await drop();
		throw error;
	}
	return thinned.saved;
}

/** @returns the length of the new file */
async function copyTail(
	timeline: string,
	{ from, until }: { readonly from: number; readonly until: number },
	{ path, bytes }: ThinnedFile,
): Promise<number> {
	const tail = Buffer.alloc(until - from);
	const [old, file] = await Promise.all([open(timeline, "r"), open(path, "r+")]);
	try {
		const { bytesRead } = await old.read(tail, 0, tail.length, from);
		if (bytesRead < tail.length) throw new Error("the timeline is shorter than what was written");
		await targetOf(file).write(tail, bytes);
		await file.sync();
	} finally {
		await Promise.all([old.close(), file.close()]);
	}
	return bytes + tail.length;
}
