import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readLines } from "../../../src/sink/read-lines.js";

async function linesOf(text: string, maxBytes?: number): Promise<(string | undefined)[]> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-lines-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const path = join(folder, "file");
	await writeFile(path, text);
	const lines: (string | undefined)[] = [];
	for await (const some of readLines(path, maxBytes)) lines.push(...some);
	return lines;
}

test.each([
	["nothing", "", []],
	["a torn last line", "one\ntw", ["one", "tw"]],
	["empty lines", "\n\none\n\n", ["one"]],
	["other line ends of Unicode stay inside", "o\u2028n\re\ntwo\n", ["o\u2028n\re", "two"]],
])("%s", async (_what, text, lines) => {
	expect(await linesOf(text)).toEqual(lines);
});

test("lines over the borders of chunks, in letters of several bytes, stay whole", async () => {
	const lines = Array.from({ length: 3_000 }, (_, n) => "ä€".repeat(n % 50) + n);
	expect(await linesOf(lines.join("\n"))).toEqual(lines);
});

test("a line longer than any of ours is one damaged line, wherever it ends", async () => {
	expect(await linesOf(`one\n${"x".repeat(200_000)}\ntwo\n${"y".repeat(11)}`, 10)).toEqual([
		...["one", undefined, "two", undefined],
	]);
});
