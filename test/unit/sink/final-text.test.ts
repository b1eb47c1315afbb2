import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import { finalText } from "../../../src/sink/final-text.js";
import { JsonSink } from "../../../src/sink/json.js";
import { QuietSink } from "../../../src/sink/quiet.js";
import { summarySchema } from "../../../src/verdict/summary.js";
import { aggregatesOf, samples, summaryOf } from "./fabricated-run.js";

const chalk = new Chalk({ level: 0 });
const summary = summaryOf(aggregatesOf(samples));
const text = finalText(summary, { chalk, resultFolder: "results/x" });

test("the verdict comes first and names what failed with the value observed", () => {
	expect(text.split("\n")[0]).toBe(
		"FAILED smoke: 1 of 3 thresholds failed: rtp.loss mean < 0.5% (observed 2.00%) (exit code 99)",
	);
});

describe("the report holds", () => {
	test.each([
		["an advisory failure, marked", /✗ audio\.mos min > 4\.4 +4\.30 \(advisory\)/],
		["the stages", /media +12 +350ms +400ms +410ms +410ms +410ms/],
		["a stage of one peer connection, below it", /\nice +.*\nice\.publisher +12 +150ms/],
		["a stage nobody saw, as unknown", /gathered +– +– +– +– +– +–/],
		["other figures", /rtp\.jitter +9\.5ms/],
		["who joined", /15 planned, 12 joined, 3 failed, 1 lost/],
		["packets with the share lost", /800 sent, 784 received, 16 lost \(2\.00%\)/],
		["failures by stage and cause", / 2 {2}failed at ice: turn-unreachable/],
		["why participants were lost", / 1 {2}lost: worker-died/],
		["the selected pairs", /12 {2}subscriber: relay \(tls\) → host over tcp/],
		["the tester's own cost", /2 workers, 1 died, 12\.5s CPU, 250 MB at most, lag p99 4ms/],
		["the folder", /results in results\/x/],
		["the exit code, last", /exit code 99$/],
	])("%s", (_what, expected) => {
		expect(text).toMatch(expected);
	});
});

test("fits 80 columns below the verdict", () => {
	for (const line of text.split("\n").slice(1)) expect(line.length, line).toBeLessThanOrEqual(80);
});

test("an invalid run says why, and what to do", () => {
	const invalid = summaryOf(aggregatesOf(samples), {
		decision: { verdict: "invalid", exitCode: 3 },
		invalidities: [
			{
				...{ rule: "lost-to-tester", observed: 0.1, limit: 0.01, unit: "ratio" },
				text: "10 % of the participants were lost",
			},
		],
	});
	const report = finalText(invalid, { chalk });
	expect(report).toMatch(/^INVALID smoke: the tester could not keep up/);
	expect(report).toContain("10 % of the participants were lost. See worker-died in events.jsonl");
});

test("a run without samples still has a report", () => {
	const empty = finalText(summaryOf(aggregatesOf([])), { chalk });
	expect(empty).toContain("connect.media p95 < 2s (no samples)");
	expect(empty).toContain("0 sent, 0 received, 0 lost (–)");
});

test("--quiet writes the verdict line and nothing else", async () => {
	const written: string[] = [];
	await new QuietSink({ write: (part) => written.push(part) }).stop(summary);
	expect(written).toEqual([`${text.split("\n")[0]}\n`]);
});

test("--json writes the summary and nothing else", async () => {
	const written: string[] = [];
	await new JsonSink({ write: (part) => written.push(part) }).stop(summary);
	expect(summarySchema.parse(JSON.parse(written.join("")))).toEqual(summary);
});

test("what drifts is named first and marked, within 80 columns; a resumed run says so", () => {
	const trend = { unit: "bytes" as const, level: 1e8, perHour: 4.8e7, fromMs: 0, untilMs: 6e5 };
	const leak =
		"memory of the server: grows by 48.0 MB an hour (99 % interval +41.0 MB to +55.0 MB)";
	const long = finalText(
		summaryOf(aggregatesOf(samples), {
			trends: [
				{
					...trend,
					figure: "rtp.loss",
					interval: [-1, 1],
					drifts: false,
					text: "packet loss: steady",
				},
				{ ...trend, figure: "server.memory", interval: [4.1e7, 5.5e7], drifts: true, text: leak },
			],
			resumed: [{ atMs: 30_000, gapMs: 12_000 }],
		}),
		{ chalk },
	);
	expect(long).toContain("trends\n  ! memory of the server: grows by 48.0 MB an hour");
	expect(long.indexOf("packet loss: steady")).toBeGreaterThan(long.indexOf("memory of the server"));
	expect(long.replace(/\n +/g, " ")).toContain(leak);
	expect(long).toMatch(/resumed +was killed at 30\.0s and went on 12\.0s later/);
	for (const line of long.split("\n").slice(1)) expect(line.length, line).toBeLessThanOrEqual(80);
});
