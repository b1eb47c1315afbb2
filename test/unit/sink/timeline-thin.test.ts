import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { AppendFile, oldFile } from "../../../src/sink/append-file.js";
import { thinFile, thinWhileAppending } from "../../../src/sink/thin-file.js";
import { mergeTimeline, readTimeline, type TimelineLine } from "../../../src/sink/timeline.js";
import { mergeLines, type ThinningTier, TimelineThinner } from "../../../src/sink/timeline-thin.js";

const tiers: readonly ThinningTier[] = [
	{ olderThanMs: 60_000, stepMs: 10_000 },
	{ olderThanMs: 300_000, stepMs: 60_000 },
];

/** A second of a run: `n` packets, one jitter reading. */
function line(second: number, n = 1): TimelineLine {
	const window = new Aggregates();
	window.add("packets", { direction: "received" }, n);
	window.record("rtp.jitter", n % 50);
	const elapsedMs = second * 1_000 + 3.5;
	return {
		...{ atMs: 1_700_000_000_000 + elapsedMs, elapsedMs, target: 10, joining: 0 },
		alive: second % 60 === 31 ? 7 : 10,
		window: window.snapshot(),
		workers: [
			{ worker: 0, pid: 9, alive: 10, joining: 0, cpu: 0.5, rssBytes: second, lagP99Ms: 1 },
		],
	};
}

function text(lines: readonly TimelineLine[]): string {
	return lines.map((one) => `${JSON.stringify(one)}\n`).join("");
}

function thinned(lines: readonly string[], nowMs: number): string[] {
	const thinner = new TimelineThinner(nowMs, tiers);
	return [...lines.flatMap((one) => thinner.add(one)), ...thinner.end()];
}

test("processes of two machines with one pid keep their own figures", () => {
	const [first, second] = [line(0), line(1)].map((one, n) => ({
		...one,
		heard: { "eu-1-id": n + 1 },
		workers: one.workers.flatMap((worker) => [
			{ ...worker, agent: "eu-1", cpu: 0.2 },
			{ ...worker, agent: "us-1", cpu: 0.6 },
		]),
	}));
	if (!first || !second) throw new Error("there are two lines");
	const merged = mergeLines([first, second]);
	expect(merged.workers.map(({ agent, cpu }) => [agent, cpu])).toEqual([
		["eu-1", 0.2],
		["us-1", 0.6],
	]);
	// All up to there is in the windows.
	expect(merged.heard).toEqual({ "eu-1-id": 2 });
});

const raws = (count: number) =>
	Array.from({ length: count }, (_, s) => JSON.stringify(line(s, s + 1)));
const totalsOf = (lines: readonly string[]) =>
	mergeTimeline(readTimeline(lines.join("\n")).lines).totals.snapshot();

test("thinning keeps the totals exactly, whatever the ages and however often it is done", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 120 }),
			fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 3 }),
			(count, nows) => {
				const lines = raws(count);
				let thin = lines;
				for (const nowMs of nows.toSorted((a, b) => a - b)) thin = thinned(thin, nowMs);
				expect(totalsOf(thin)).toEqual(totalsOf(lines));
				expect(thin.at(-1)?.includes('"elapsedMs"')).toBe(count > 0 ? true : undefined);
			},
		),
		{ numRuns: 25 },
	);
});

test("lines are thinned by age: as they are, one in ten seconds, one a minute", () => {
	const thin = readTimeline(thinned(raws(600), 600_000).join("\n")).lines.map(
		({ elapsedMs }) => elapsedMs,
	);
	expect(thin.filter((at) => at < 300_000)).toEqual(
		[0, 1, 2, 3, 4].map((m) => m * 60_000 + 59_003.5),
	);
	expect(thin.filter((at) => at >= 300_000 && at < 540_000)).toHaveLength(24);
	expect(thin.filter((at) => at >= 540_000)).toHaveLength(60);
});

test("thinning again at the same time changes nothing", () => {
	const once = thinned(raws(400), 400_000);
	expect(thinned(once, 400_000)).toEqual(once);
});

test("a short dip stays visible, CPU time stays what it was, memory is the largest", () => {
	const [minute] = readTimeline(thinned(raws(60), 900_000).join("\n")).lines;
	expect(minute).toMatchObject({ alive: 7, target: 10 });
	expect(minute?.workers).toMatchObject([{ pid: 9, cpu: 0.5, rssBytes: 59 }]);
});

test("what cannot be read is kept as it is, between what can", () => {
	const lines = raws(40);
	lines.splice(12, 0, '{"atMs":1,"elapsedMs":11000.5,"torn');
	const thin = thinned(lines, 900_000);
	expect(thin).toContain('{"atMs":1,"elapsedMs":11000.5,"torn');
	expect(totalsOf(thin)).toEqual(totalsOf(raws(40)));
});

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-test-thin-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function appending(content: string) {
	const path = join(folder, "timeline.jsonl");
	await writeFile(path, content);
	const { target, bytes } = await oldFile(path);
	const errors: unknown[] = [];
	return { path, errors, file: new AppendFile(target, 1e6, (error) => errors.push(error), bytes) };
}

test("what is appended before, while and after a file is thinned is all there, in order", async () => {
	const { path, file, errors } = await appending(
		text(Array.from({ length: 200 }, (_, s) => line(s))),
	);
	const thinning = thinWhileAppending(path, file, 200_000, tiers);
	for (let second = 200; second < 230; second++) {
		file.append(JSON.stringify(line(second)));
		await file.flush();
	}
	expect(await thinning).toBeGreaterThan(0);
	file.append(JSON.stringify(line(230)));
	await file.close();
	expect(errors).toEqual([]);
	const { lines, damaged } = readTimeline(await readFile(path, "utf8"));
	expect(damaged).toBe(0);
	expect(mergeTimeline(lines).totals.counter("packets")).toBe(231);
	expect(lines.map(({ elapsedMs }) => elapsedMs)).toEqual(
		lines.map(({ elapsedMs }) => elapsedMs).toSorted((a, b) => a - b),
	);
	expect(lines.length).toBeLessThan(130);
	expect(await readdir(folder)).toEqual(["timeline.jsonl"]);
});

test("killed before the rename, the old file is whole; the piece beside it is written over the next time", async () => {
	const { path, file } = await appending(text(Array.from({ length: 100 }, (_, s) => line(s))));
	const before = await readFile(path, "utf8");
	await thinFile(path, file.durable, 100_000, tiers);
	expect(await readFile(path, "utf8")).toBe(before);
	expect(await readdir(folder)).toEqual(["timeline.jsonl", "timeline.jsonl.tmp"]);
	expect(await thinWhileAppending(path, file, 100_000, tiers)).toBeGreaterThan(0);
	await file.close();
	expect(await readdir(folder)).toEqual(["timeline.jsonl"]);
});

test("three days are some thousand lines", () => {
	const empty = { counters: {}, distributions: {} };
	const days = Array.from({ length: 3 * 8_640 }, (_, n) =>
		JSON.stringify({ ...line(0), elapsedMs: n * 10_000 + 5_000, window: empty, workers: [] }),
	);
	const thinner = new TimelineThinner(3 * 86_400_000);
	const left = [...days.flatMap((one) => thinner.add(one)), ...thinner.end()];
	// An hour and seven of them at ten seconds, forty at a minute, a day at ten.
	expect(left).toHaveLength(360 + 7 * 360 + 40 * 60 + 144);
});

test("a file with a torn end is gone on with after its last whole line", async () => {
	const { path, file } = await appending(`${text([line(1), line(2)])}{"atMs":17`);
	file.append(JSON.stringify(line(3)));
	await file.close();
	const { lines, damaged } = readTimeline(await readFile(path, "utf8"));
	expect({ count: lines.length, damaged }).toEqual({ count: 3, damaged: 0 });
});

test.each([
	["", 0],
	["torn", 0],
	["\n", 1],
	[`${"x".repeat(200_000)}`, 0],
	[`a\n${"x".repeat(200_000)}`, 2],
])("whole lines of a file", async (content, bytes) => {
	const path = join(folder, "any");
	await writeFile(path, content);
	const opened = await oldFile(path);
	await opened.target.close();
	expect(opened.bytes).toBe(bytes);
});
