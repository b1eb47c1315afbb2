import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../../src/sink/atomic-file.js";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-atomic-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the new content takes the place of the old, and nothing else is left", async () => {
	const path = join(folder, "summary.json");
	await writeAtomically(path, "old");
	await writeAtomically(path, "new");
	expect(await readFile(path, "utf8")).toBe("new");
	expect(await readdir(folder)).toEqual(["summary.json"]);
});

test("a write that fails leaves what was there and no temporary file", async () => {
	const path = join(folder, "summary.json");
	// A folder cannot be replaced by a file, so the rename fails after the content was written.
	await mkdir(path);
	await expect(writeAtomically(path, "new")).rejects.toThrow();
	expect(await readdir(folder)).toEqual(["summary.json"]);
});
