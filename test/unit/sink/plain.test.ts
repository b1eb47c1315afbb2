import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { PlainSink, plainLine } from "../../../src/sink/plain.js";
import { aggregatesOf, runInfo, samples, summaryOf, viewOf } from "./fabricated-run.js";

const totals = aggregatesOf(samples);

function plain() {
	const written: string[] = [];
	const sink = new PlainSink(
		{ write: (text) => written.push(text) },
		{ chalk: new Chalk({ level: 0 }), resultFolder: `results/${runInfo.runId}` },
	);
	return { sink, written };
}

test("a line says how the run stands", () => {
	expect(plainLine(viewOf(totals))).toBe(
		"00:15 alive 11/12 joining 0 joined 12 failed 3 lost 1 p95 connect.media 410ms loss 2.00% jitter p95 17ms lag p99 4ms",
	);
});

test("before anything is measured a line says unknown, not zero", () => {
	const line = plainLine(viewOf(aggregatesOf([]), { workers: [] }));
	expect(line).toContain("p95 connect.media – loss – jitter p95 – lag p99 –");
});

test("of a view a second, one in five becomes a line, also when views come a little early", () => {
	const { sink, written } = plain();
	for (let n = 0; n <= 20; n++) sink.onView(viewOf(totals, { elapsedMs: n * 990 }));
	expect(written.map((line) => line.slice(0, 5))).toEqual([
		"00:00",
		"00:04",
		"00:09",
		"00:14",
		"00:19",
	]);
});

test("a storm of failures is cut to a few lines and counted", () => {
	const { sink, written } = plain();
	for (let n = 0; n < 100; n++) {
		sink.onEvent({
			...{ kind: "life-failed", atMs: 0, seat: n, life: 0, engine: "native" },
			...{ stage: "ice", cause: "timeout", detail: "no\u001b[2J answer" },
		});
	}
	sink.onView(viewOf(totals));
	expect(written).toHaveLength(7);
	expect(written[0]).toBe("participant 0.0 failed at ice, timeout: no answer\n");
	expect(written[5]).toContain("+95 more");
});

test("it ends with the final report", async () => {
	const { sink, written } = plain();
	await sink.stop(summaryOf(totals));
	expect(written.join("")).toMatch(/^FAILED smoke: /);
	expect(written.join("")).toContain(`results/${runInfo.runId}`);
});
