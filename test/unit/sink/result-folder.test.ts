import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Aggregates } from "../../../src/aggregate/aggregates.js";
import { UserError } from "../../../src/error/user-error.js";
import type { Sample } from "../../../src/sample/sample.js";
import { rebuildTotals } from "../../../src/sink/rebuild-totals.js";
import { ResultFolderSink, resultFolderPath } from "../../../src/sink/result-folder.js";
import { readTimeline } from "../../../src/sink/timeline.js";
import {
	aggregatesOf,
	fleetViewOf,
	joining,
	runInfo,
	secondOfMedia,
	summaryOf,
	viewOf,
} from "./fabricated-run.js";

let out: string;
let folder: string;
let troubles: string[];
beforeEach(async () => {
	out = await mkdtemp(join(tmpdir(), "livesoak-sink-"));
	folder = resultFolderPath(join(out, "results"), runInfo.runId);
	troubles = [];
});
afterEach(() => rm(out, { recursive: true, force: true }));

function sinkOf(more: Partial<ConstructorParameters<typeof ResultFolderSink>[0]> = {}) {
	return new ResultFolderSink({
		out: join(out, "results"),
		onTrouble: (message) => troubles.push(message),
		...more,
	});
}

const seconds: readonly (readonly Sample[])[] = [
	[joining(0), joining(3)].flat(),
	[secondOfMedia(0)],
	[secondOfMedia(7)],
];
const totals: Aggregates = aggregatesOf(seconds.flat());

async function live(sink: ResultFolderSink): Promise<void> {
	await sink.start(runInfo);
	seconds.forEach((samples, n) => {
		sink.onView(viewOf(aggregatesOf(samples), { totals, elapsedMs: (n + 1) * 1_000 }));
	});
}

const read = (file: string) => readFile(join(folder, file), "utf8");

test("run.json is there from the start", async () => {
	const sink = sinkOf();
	await sink.start(runInfo);
	expect(JSON.parse(await read("run.json"))).toEqual(runInfo);
	await sink.stop(summaryOf(totals));
});

test("a line of a run over many machines says whose workers are whose, and what is in it", async () => {
	const sink = sinkOf();
	await sink.start(runInfo);
	sink.onView(fleetViewOf(totals));
	sink.onView(viewOf(totals));
	await sink.stop(summaryOf(totals));
	const [fleet, local] = readTimeline(await read("timeline.jsonl")).lines;
	expect(fleet?.heard).toEqual({ "eu-1-id": 17, "us-1-id": 4 });
	expect(fleet?.workers.map(({ agent, worker }) => [agent, worker])).toEqual([
		["eu-1", 0],
		["us-1", 0],
	]);
	const keys = ["atMs", "elapsedMs", "target", "alive", "joining", "window", "workers"];
	expect(Object.keys(local ?? {})).toEqual(keys);
	expect(Object.keys(local?.workers[0] ?? {})).not.toContain("agent");
});

test("a finished run leaves every file, and no temporary one", async () => {
	const sink = sinkOf();
	await live(sink);
	await sink.stop(summaryOf(totals));
	expect((await readdir(folder)).sort()).toEqual([
		"events.jsonl",
		"junit.xml",
		"run.json",
		"summary.json",
		"summary.md",
		"timeline.jsonl",
	]);
	expect(JSON.parse(await read("summary.json"))).toEqual(summaryOf(totals));
	expect(troubles).toEqual([]);
});

test("the timeline adds up to the totals", async () => {
	const sink = sinkOf();
	await live(sink);
	await sink.stop(summaryOf(totals));
	const rebuilt = await rebuildTotals(folder);
	expect(rebuilt.totals.snapshot()).toEqual(totals.snapshot());
	expect(rebuilt).toMatchObject({ lines: 3, damaged: 0, elapsedMs: 3_000 });
});

test("a torn last line costs that second alone", async () => {
	const sink = sinkOf();
	await live(sink);
	await sink.stop(summaryOf(totals));
	const size = Buffer.byteLength(await read("timeline.jsonl"));
	await truncate(join(folder, "timeline.jsonl"), size - 40);
	const rebuilt = await rebuildTotals(folder);
	expect(rebuilt.totals.snapshot()).toEqual(aggregatesOf(seconds.slice(0, 2).flat()).snapshot());
	expect(rebuilt).toMatchObject({ lines: 2, damaged: 1, elapsedMs: 2_000 });
});

test("no file holds a secret, whoever put it into an event", async () => {
	const secret = "s3cr3t-of-the-turn-server";
	const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJkZXZrZXkifQ.c2lnbmF0dXJl";
	const sink = sinkOf({ secrets: [secret] });
	await sink.start({ ...runInfo, scenario: { note: `uses ${secret}` } });
	sink.onEvent({
		...{ kind: "life-failed", atMs: 1, seat: 0, life: 0, engine: "native", stage: "socket" },
		...{ cause: "unauthorized", detail: `GET /rtc?access_token=${token} with ${secret}: 401` },
	});
	await sink.stop(
		summaryOf(totals, {
			reason: `password ${secret}`,
			decision: { verdict: "error", exitCode: 1 },
		}),
	);
	for (const file of await readdir(folder)) {
		const text = await read(file);
		expect(text, file).not.toContain(secret);
		expect(text, file).not.toContain(token);
	}
	expect(JSON.parse(await read("events.jsonl"))).toMatchObject({
		kind: "life-failed",
		detail: "GET /rtc?access_token=*** with ***: 401",
	});
});

test("a folder that cannot be made is the user's to mend, and the flag is named", async () => {
	await writeFile(join(out, "results"), "a file, not a folder");
	const failed = await sinkOf()
		.start(runInfo)
		.catch((error: unknown) => error);
	expect(failed).toBeInstanceOf(UserError);
	expect(failed).toMatchObject({ exitCode: 2, message: expect.stringContaining("--out ") });
});

test("the folder of an earlier run is never written into", async () => {
	const earlier = sinkOf();
	await earlier.start(runInfo);
	await expect(sinkOf().start(runInfo)).rejects.toThrow(/EEXIST/);
	await earlier.stop(summaryOf(totals));
});

test("a disk that fills up is told once; the run goes on and nothing is dropped from the sums", async () => {
	let full = true;
	const contents = new Map<string, Buffer>();
	const sink = sinkOf({
		open: async (path) => ({
			async write(bytes, position) {
				if (full) throw new Error("ENOSPC: no space left on device, write");
				const before = contents.get(path) ?? Buffer.alloc(0);
				contents.set(path, Buffer.concat([before.subarray(0, position), bytes]));
			},
			sync: async () => {},
			close: async () => {},
		}),
	});
	await live(sink);
	for (let n = 0; n < 50; n++) {
		sink.onEvent({ kind: "stop-asked", atMs: n, reason: "x".repeat(400_000) });
	}
	// Big windows: soon there is no room in memory either, and seconds are merged.
	const manyWorkers = Array.from({ length: 40_000 }, (_, worker) => ({
		...{ worker, pid: 1, alive: 1, joining: 0, cpu: 0, rssBytes: 1, lagP99Ms: 1 },
	}));
	for (let n = 0; n < 6; n++) {
		const window = aggregatesOf([secondOfMedia(n)]);
		sink.onView(viewOf(window, { elapsedMs: 4_000 + n, workers: manyWorkers }));
		await new Promise(setImmediate);
	}
	expect(troubles).toEqual([expect.stringMatching(/no longer takes data \(ENOSPC: no space/)]);
	full = false;
	await sink.stop(summaryOf(totals));

	await writeFile(
		join(folder, "timeline.jsonl"),
		contents.get(join(folder, "timeline.jsonl")) ?? "",
	);
	const expected = aggregatesOf([...seconds.flat(), ...[0, 1, 2, 3, 4, 5].map(secondOfMedia)]);
	const rebuilt = await rebuildTotals(folder);
	expect(rebuilt.totals.snapshot()).toEqual(expected.snapshot());
	expect(rebuilt.lines).toBeLessThan(9);

	const events = `${contents.get(join(folder, "events.jsonl"))}`.trimEnd().split("\n");
	const dropped: { kind: string; count: number } = JSON.parse(events.at(-1) ?? "");
	expect(dropped.kind).toBe("events-dropped");
	expect(events.length - 1 + dropped.count).toBe(50);
	expect(JSON.parse(await read("summary.json"))).toEqual(summaryOf(totals));
});

test("rebuilding from something else says what a result folder is", async () => {
	await expect(rebuildTotals(out)).rejects.toMatchObject({
		message: `Cannot read ${join(out, "timeline.jsonl")}.`,
		hint: expect.stringContaining("result folder"),
	});
});
