import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import type { FailureCause } from "../../../src/participant/failure.js";
import type { FailureStage } from "../../../src/sample/stage.js";
import { evaluate, firstAbort } from "../../../src/verdict/evaluate.js";
import { parseThreshold } from "../../../src/verdict/threshold.js";
import { unknownMetrics, unseenMetrics } from "../../../src/verdict/visibility.js";

const labels = { engine: "native", ice: "direct", role: "both" };

function run(begun: number, failures: readonly [FailureStage, FailureCause, number][]): Aggregates {
	const aggregates = new Aggregates();
	aggregates.add("participants", { event: "begun", ...labels }, begun);
	for (const [stage, cause, n] of failures) aggregates.add("failures", { stage, cause }, n);
	return aggregates;
}

function observed(aggregates: Aggregates, metric: string, expression: string) {
	return evaluate([parseThreshold(metric, expression)], aggregates)[0];
}

describe("evaluating thresholds", () => {
	it("reads every statistic off the aggregates", () => {
		const aggregates = new Aggregates();
		for (const ms of [10, 20, 30, 40]) aggregates.record("connect.media", ms);
		aggregates.recordRatio("rtp.loss", 1, 2);
		aggregates.recordRatio("rtp.loss", 0, 8);
		aggregates.add("reconnects", { cause: "resume" }, 3);
		const figures = [
			["connect.media", "min < 1s", 10],
			["connect.media", "max < 1s", 40],
			["connect.media", "mean < 1s", 25],
			["connect.media", "count < 1", 4],
			["rtp.loss", "ratio < 1%", 0.1],
			["rtp.loss", "mean < 1%", 0.1],
			["rtp.loss", "max < 1%", 0.5],
			["reconnects", "count < 1", 3],
		] as const;
		for (const [metric, expression, figure] of figures) {
			expect(observed(aggregates, metric, expression)?.observed, expression).toBe(figure);
		}
		expect(observed(aggregates, "connect.media", "p50 < 1s")?.observed).toBeCloseTo(20, 1);
	});

	it("passes and fails in the given order, and carries the options along", () => {
		const aggregates = new Aggregates();
		aggregates.record("rtp.jitter", 12);
		const results = evaluate(
			[
				parseThreshold("rtp.jitter", "max < 10ms", { advisory: true }),
				parseThreshold("rtp.jitter", "max < 30ms", { abortOnFail: true }),
			],
			aggregates,
		);
		expect(results).toEqual([
			{
				...{ metric: "rtp.jitter", expression: "max < 10ms", observed: 12, unit: "ms" },
				...{ ok: false, advisory: true, abortOnFail: false },
			},
			{
				...{ metric: "rtp.jitter", expression: "max < 30ms", observed: 12, unit: "ms" },
				...{ ok: true, advisory: false, abortOnFail: true },
			},
		]);
	});

	it("fails a metric without samples, even where no value could fail", () => {
		const result = observed(new Aggregates(), "connect.media", "count >= 0");
		expect(result).toMatchObject({ ok: false, observed: undefined, reason: "no samples" });
	});

	it("says when no engine can see the metric", () => {
		const unseen = unseenMetrics([{ name: "native", sees: new Set(["joined", "ice"]) }]);
		const results = evaluate(
			[parseThreshold("audio.silence", "ratio < 1%"), parseThreshold("connect.ice", "p95 < 1s")],
			new Aggregates(),
			unseen,
		);
		expect(results.map(({ reason }) => reason)).toEqual([
			"not visible to engine native",
			"no samples",
		]);
	});

	it("counts nothing as zero for counters", () => {
		expect(observed(new Aggregates(), "reconnects", "count == 0")).toMatchObject({
			ok: true,
			observed: 0,
		});
	});
});

describe("the failed share of a stage", () => {
	const aggregates = run(100, [
		["credentials", "token-service", 1],
		["socket", "refused", 2],
		["ice", "timeout", 3],
		["media", "no-rtp-received", 4],
	]);

	it.each([
		["connect.socket", 0.03],
		["connect.joined", 0.03],
		["connect.ice", 0.06],
		["connect.media", 0.1],
		["connect.heard", 0.1],
	])("of %s counts this stage and the earlier ones", (metric, share) => {
		expect(observed(aggregates, metric, "failed < 50%")?.observed).toBeCloseTo(share, 12);
	});

	it("leaves out joins cut off by the end of the run, above and below the line", () => {
		const cut = run(20, [
			["ice", "aborted", 10],
			["ice", "timeout", 1],
		]);
		expect(observed(cut, "connect.ice", "failed <= 10%")).toMatchObject({
			observed: 0.1,
			ok: true,
		});
	});

	it("is not observed when nobody began", () => {
		const none = run(3, [["ice", "aborted", 3]]);
		expect(observed(none, "connect.ice", "failed < 1%")).toMatchObject({
			ok: false,
			reason: "no samples",
		});
	});
});

describe("abortOnFail", () => {
	const failing = { abortOnFail: true };

	it("ends a run for a failed threshold, not for one without samples or without a say", () => {
		const aggregates = new Aggregates();
		aggregates.record("rtp.jitter", 50);
		const thresholds = [
			parseThreshold("connect.media", "p95 < 1s", failing),
			parseThreshold("rtp.jitter", "max < 10ms", { ...failing, advisory: true }),
			parseThreshold("rtp.jitter", "max < 20ms"),
			parseThreshold("rtp.jitter", "max < 60ms", failing),
		];
		expect(firstAbort(evaluate(thresholds, aggregates))).toBeUndefined();
		const last = parseThreshold("rtp.jitter", "max < 30ms", failing);
		expect(firstAbort(evaluate([...thresholds, last], aggregates))?.expression).toBe("max < 30ms");
	});
});

describe("unseen metrics", () => {
	it("are those that no engine sees, not those that one of them misses", () => {
		const blind = { name: "native" as const, sees: new Set(["joined" as const]) };
		const keen = { name: "native" as const, sees: new Set(["heard" as const]) };
		expect([...unseenMetrics([blind]).keys()]).toContain("audio.silence");
		expect([...unseenMetrics([blind, keen]).keys()]).not.toContain("audio.silence");
		expect([...unseenMetrics([blind, keen]).keys()]).not.toContain("connect.joined");
		expect([...unseenMetrics([blind, keen]).keys()]).toContain("connect.socket");
	});

	it("are not unknown when figures are there all the same", () => {
		const totals = new Aggregates();
		totals.record("connect.socket", 5);
		const unseen = new Map([
			["connect.socket", ["native"]],
			["connect.ice", ["native"]],
		]);
		expect(unknownMetrics(unseen, totals)).toEqual(["connect.ice"]);
	});
});
