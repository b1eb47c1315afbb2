import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolders } from "../../../src/sink/make-folders.js";

let room = "";
beforeAll(async () => {
	room = await mkdtemp(join(tmpdir(), "livesoak-test-folders-"));
});
afterAll(() => rm(room, { recursive: true, force: true }));

test("makes what is missing, by two at once too, and leaves alone what is there", async () => {
	const path = join(room, "a", "b", "c");
	await Promise.all([makeFolders(path), makeFolders(path)]);
	await writeFile(join(path, "kept"), "");
	await makeFolders(path);
	expect((await stat(join(path, "kept"))).isFile()).toBe(true);
});

test("a file in the way is told", async () => {
	await writeFile(join(room, "file"), "");
	await expect(makeFolders(join(room, "file", "below"))).rejects.toMatchObject({ code: "EEXIST" });
});

// Node's own mkdir with `recursive` turns for ever here.
test.runIf(process.platform === "linux")(
	"a file system that takes no folders is told",
	async () => {
		await expect(makeFolders("/proc/x/y")).rejects.toMatchObject({ code: "ENOENT" });
	},
);
