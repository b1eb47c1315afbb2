import { stripVTControlCharacters } from "node:util";
import { Chalk } from "chalk";
import fc from "fast-check";
import sliceAnsi from "slice-ansi";
import { describe, expect, test } from "vitest";
import { type FrameInput, liveFrame } from "../../../src/sink/live-frame.js";
import { aggregatesOf, runInfo, samples, viewOf } from "./fabricated-run.js";

const totals = aggregatesOf(samples);

function frame(changes: Partial<FrameInput> = {}): string[] {
	return liveFrame({
		run: runInfo,
		view: viewOf(totals),
		serverVersion: "1.13.5",
		joinsPerSecond: 2.4,
		columns: 100,
		chalk: new Chalk({ level: 0 }),
		...changes,
	});
}

describe("the picture shows", () => {
	const text = frame().join("\n");
	test.each([
		[
			"the scenario, server, engine, seed",
			"livesoak smoke · LiveKit 1.13.5 · native 1.1.0 · seed 42",
		],
		["the progress", " 37%  00:15 / 00:40"],
		["alive of target", "11/12"],
		["what came of the joins", "joined 12  failed 3  lost 1"],
		["connect times and rate", "media p50 350ms  p95 410ms  2.4 joins/s"],
		["media of the run", "loss 2.00%  jitter p95 17ms  rtt p50 27ms  MOS 4.30"],
		["the worst failures first", "ice/turn-unreachable 2  ice/timeout 1  reconnects 1"],
		["the tester's own health", "lag p99 4ms  start delay p99 11ms  workers 2  cpu 50%  250 MB"],
		["a threshold that holds", "✓ connect.media p95 < 2s"],
		["a threshold that fails, with its value", "✗ rtp.loss mean < 0.5%                 2.00%"],
	])("%s", (_what, expected) => {
		expect(text).toContain(expected);
	});
});

test.each([
	[-500, "  0%  00:00 / 00:40"],
	[45_000, "100%  00:45 / 00:40"],
])("at %d ms the bar stays a bar", (elapsedMs, expected) => {
	const line = frame({ view: viewOf(totals, { elapsedMs }) })[1] ?? "";
	expect(line).toContain(expected);
	expect(line.match(/[█░]/g)).toHaveLength(77);
});

test("a failing threshold comes before one that holds", () => {
	const text = frame().join("\n");
	expect(text.indexOf("✗ rtp.loss")).toBeLessThan(text.indexOf("✓ connect.media"));
});

test("nothing measured is shown as waiting, not as failed", () => {
	const text = frame({ view: viewOf(aggregatesOf([])) }).join("\n");
	expect(text).toContain("· connect.media p95 < 2s");
	expect(text).not.toContain("✗");
});

test("without colour there is no escape sequence, with colour there is", () => {
	const plain = frame().join("\n");
	expect(stripVTControlCharacters(plain)).toBe(plain);
	const coloured = frame({ chalk: new Chalk({ level: 1 }) }).join("\n");
	expect(stripVTControlCharacters(coloured)).toBe(plain);
	expect(coloured).not.toBe(plain);
});

test("no line is wider than the terminal or carries control characters of others", () => {
	const hostile = fc.string({
		unit: fc.constantFrom("a", "日", "🎧", "\u001b[2J", "\n", "\r", "é", "\u202e"),
		maxLength: 200,
	});
	fc.assert(
		fc.property(fc.integer({ min: 20, max: 250 }), hostile, (columns, text) => {
			const lines = frame({
				run: { ...runInfo, scenarioName: text },
				view: viewOf(totals, {
					invalidities: [{ rule: "lag", observed: 1, limit: 0, unit: "ms", text }],
				}),
				columns,
			});
			for (const line of lines) {
				expect(sliceAnsi(line, columns)).toBe("");
				expect(line).not.toMatch(/\p{Cc}|\u202e/u);
			}
		}),
		{ numRuns: 50 },
	);
});

test("on 80 columns the figures fit whole", () => {
	const lines = frame({ columns: 80 });
	expect(lines.join("\n")).toContain("MOS 4.30");
	expect(lines.join("\n")).toContain("250 MB");
	expect(lines.join("\n")).toContain("00:15 / 00:40");
});
