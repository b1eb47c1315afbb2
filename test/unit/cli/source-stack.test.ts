import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceStack } from "../../../src/cli/source-stack.js";

let folder = "";
const url = (name: string) => pathToFileURL(join(folder, name)).href;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-test-stack-"));
	// All of line 1 is line 5, column 3 of the source; of line 2 nothing is known.
	const map = { version: 3, sources: ["../src/run.ts"], names: [], mappings: "AAIE" };
	await writeFile(join(folder, "bundled.js.map"), JSON.stringify(map));
	await writeFile(join(folder, "broken.js.map"), "{");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a place that a source map knows becomes the source's", () => {
	const at = url("bundled.js");
	const stack = `Error: no luck\n    at run (${at}:1:77)\n    at async ${at}:1:9`;
	const source = join(folder, "..", "src", "run.ts");
	expect(sourceStack(stack)).toBe(
		`Error: no luck\n    at run (${source}:5:3)\n    at async ${source}:5:3`,
	);
});

test.each([
	["of Node", () => "    at node:internal/process/task_queues:95:5"],
	["without a map", () => `    at ${url("other.js")}:1:1`],
	["whose map is broken", () => `    at ${url("broken.js")}:1:1`],
])("a place %s stays as it is", (_what, line) => {
	expect(sourceStack(`Error: no luck\n${line()}`)).toBe(`Error: no luck\n${line()}`);
});
