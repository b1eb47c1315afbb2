import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import type { Sample } from "../../../src/sample/sample.js";
import { mergeTimeline, readTimeline, type TimelineLine } from "../../../src/sink/timeline.js";
import { aggregatesOf, joining, secondOfMedia } from "./fabricated-run.js";

function line(elapsedMs: number, samples: readonly Sample[]): TimelineLine {
	return {
		atMs: 1_795_348_800_000 + elapsedMs,
		elapsedMs,
		...{ target: 3, alive: 3, joining: 0 },
		window: aggregatesOf(samples).snapshot(),
		workers: [{ worker: 0, pid: 1, alive: 3, joining: 0, cpu: 0, rssBytes: 1, lagP99Ms: 1 }],
	};
}

const seconds: readonly (readonly Sample[])[] = [
	[joining(0), joining(1)].flat(),
	[secondOfMedia(0), secondOfMedia(5)],
	[],
	[secondOfMedia(9), { kind: "lost", labels: secondLabels(), cause: "disconnected" }],
];

function secondLabels() {
	return { engine: "native", ice: "direct", role: "publisher" } as const;
}

const whole = seconds.map((samples, n) => `${JSON.stringify(line((n + 1) * 1_000, samples))}\n`);
const text = whole.join("");

function rebuild(from: string) {
	const { lines, damaged } = readTimeline(from);
	return { totals: mergeTimeline(lines).totals.snapshot(), lines: lines.length, damaged };
}

test("windows merged are the whole run, however the samples fell into seconds", () => {
	const sample = fc.oneof(
		fc.nat(50).map(secondOfMedia),
		fc.nat(50).chain((n) => fc.constantFrom(...joining(n))),
	);
	fc.assert(
		fc.property(fc.array(fc.array(sample, { maxLength: 8 }), { maxLength: 6 }), (parts) => {
			const lines = parts.map((part, n) => JSON.stringify(line(n * 1_000, part)));
			expect(rebuild(lines.join("\n")).totals).toEqual(aggregatesOf(parts.flat()).snapshot());
		}),
		{ numRuns: 30 },
	);
});

test("cut at any byte of its last line, the file still says all that came before", () => {
	const [complete, cutShort] = [readTimeline(text), readTimeline(whole.slice(0, -1).join(""))];
	expect(mergeTimeline(complete.lines).totals.snapshot()).toEqual(
		aggregatesOf(seconds.flat()).snapshot(),
	);
	expect(mergeTimeline(cutShort.lines).totals.snapshot()).toEqual(
		aggregatesOf(seconds.slice(0, -1).flat()).snapshot(),
	);
	// Which totals come out depends on nothing but the lines, so comparing those at each byte is enough.
	const start = cutShort.lines.length === 3 ? text.length - (whole.at(-1) ?? "").length : 0;
	for (let cut = start; cut <= text.length; cut++) {
		const expected =
			cut >= text.length - 1 ? complete : { ...cutShort, damaged: cut > start ? 1 : 0 };
		expect(readTimeline(text.slice(0, cut)), `cut at ${cut}`).toEqual(expected);
	}
});

describe("damage is counted and costs only its own line", () => {
	const corrupt = structuredClone(line(5_000, [secondOfMedia(1)]));
	const broken = JSON.stringify(corrupt).replace(/"hdr":"[^"]{12}/g, '"hdr":"AAAAAAAAAAAA');
	test.each([
		["zeros after a power cut", "\u0000\u0000\u0000"],
		["another program's line", '{"hello":1}'],
		["no object", "[]"],
		["a count that is text", whole[1]?.replace('"alive":3', '"alive":"3"') ?? ""],
	])("%s", (_what, damage) => {
		const [first = "", ...rest] = whole;
		const read = rebuild([first, damage.trim(), "\n", ...rest].join(""));
		expect(read).toEqual({ ...rebuild(text), damaged: 1 });
	});

	test("a histogram that does not decode is merged not even in part", () => {
		const { lines, damaged } = readTimeline(`${text}${broken}\n`);
		expect(damaged).toBe(0);
		const merged = mergeTimeline([...lines.slice(0, 2), ...lines.slice(-1), ...lines.slice(2, -1)]);
		expect(merged.damaged).toBe(1);
		expect(merged.totals.snapshot()).toEqual(rebuild(text).totals);
	});
});

test("nothing at all is an empty run", () => {
	expect(rebuild("")).toEqual({ totals: new Aggregates().snapshot(), lines: 0, damaged: 0 });
});
