import { existsSync } from "node:fs";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withCacheLock } from "../../../src/backend/cache-lock.js";

let folder: string;
let lock: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-lock-test-"));
	lock = join(folder, "v1.lock");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const options = { onProgress: () => {} };
/** Above the highest process id that Linux or macOS gives. */
const deadPid = 2 ** 22 + 1;

test("only one holds it at a time, and it is gone afterwards, also after an error", async () => {
	let holders = 0;
	const work = async () => {
		holders += 1;
		expect(holders).toBe(1);
		await new Promise(setImmediate);
		holders -= 1;
	};
	await Promise.all([withCacheLock(lock, options, work), withCacheLock(lock, options, work)]);
	const failing = withCacheLock(lock, options, () => Promise.reject(new Error("no")));
	await expect(failing).rejects.toThrow("no");
	expect(existsSync(lock)).toBe(false);
});

test.each([
	["whose holder is dead", JSON.stringify({ pid: deadPid, host: hostname() }), 0],
	["that is no lock of ours", "{", 0],
	["of another machine from an hour ago", JSON.stringify({ pid: 1, host: "elsewhere" }), 3_600],
])("a lock %s is taken over", async (_name, content, ageSeconds) => {
	await writeFile(lock, content);
	const then = Date.now() / 1_000 - ageSeconds;
	await utimes(lock, then, then);
	expect(await withCacheLock(lock, options, async () => "done")).toBe("done");
});

test("a lock whose holder lives is waited for, with a word, until the signal aborts", async () => {
	await writeFile(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
	const stop = new AbortController();
	const lines: string[] = [];
	const waiting = withCacheLock(
		lock,
		{
			signal: stop.signal,
			onProgress: (line) => {
				lines.push(line);
				stop.abort(new Error("enough"));
			},
		},
		async () => "never",
	);
	await expect(waiting).rejects.toThrow("enough");
	expect(lines).toEqual([expect.stringContaining("waiting for another run")]);
	expect(existsSync(lock)).toBe(true);
});

test("a cache that cannot be made is told with the way out", async () => {
	await writeFile(join(folder, "file"), "");
	const below = join(folder, "file", "v1.lock");
	await expect(withCacheLock(below, options, async () => "never")).rejects.toMatchObject({
		message: `cannot make the cache folder ${join(folder, "file")} (EEXIST).`,
		hint: expect.stringContaining("LIVESOAK_CACHE_DIR"),
	});
});
