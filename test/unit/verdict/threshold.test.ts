import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distributionNames } from "../../../src/aggregate/catalogue.js";
import {
	checkThreshold,
	holds,
	type Operator,
	parseThreshold,
} from "../../../src/verdict/threshold.js";

describe("a threshold", () => {
	it.each([
		["connect.media", "p95 < 2s", { kind: "percentile", p: 95 }, "<", 2000, "ms"],
		["connect.media", "p(95)<2s", { kind: "percentile", p: 95 }, "<", 2000, "ms"],
		["connect.media", "p( 99.9 ) <= 1.5s", { kind: "percentile", p: 99.9 }, "<=", 1500, "ms"],
		["connect.media", "  med<=250ms ", { kind: "percentile", p: 50 }, "<=", 250, "ms"],
		["connect.ice", "failed < 0.1%", { kind: "failed" }, "<", 0.001, "ratio"],
		["rtp.jitter", "avg<500us", { kind: "mean" }, "<", 0.5, "ms"],
		["rtp.jitter", "max < 500µs", { kind: "max" }, "<", 0.5, "ms"],
		["reconnect.duration", "max < 1m", { kind: "max" }, "<", 60_000, "ms"],
		["rtp.loss", "mean < 0.5%", { kind: "mean" }, "<", 0.005, "ratio"],
		["rtp.loss", "rate<0.01", { kind: "ratio" }, "<", 0.01, "ratio"],
		["audio.silence", "ratio === 0", { kind: "ratio" }, "==", 0, "ratio"],
		["audio.mos", "p5 >= 4.1", { kind: "percentile", p: 5 }, ">=", 4.1, "mos"],
		["connect.media", "count > 1e2", { kind: "count" }, ">", 100, "count"],
		["reconnects", "count == 0", { kind: "count" }, "==", 0, "count"],
		["audio.late", "MEAN != 1", { kind: "mean" }, "!=", 1, "ratio"],
	] as const)("on %s may read %s", (metric, expression, statistic, operator, limit, unit) => {
		expect(parseThreshold(metric, expression)).toEqual({
			...{ metric, expression, statistic, operator, limit, unit },
			...{ advisory: false, abortOnFail: false },
		});
		expect(checkThreshold(metric, expression)).toBeUndefined();
	});

	it.each([
		["rtp.los", "mean < 1%", 'unknown metric "rtp.los": did you mean "rtp.loss"?'],
		["weather", "mean < 1%", /^unknown metric "weather": known are connect\.socket, /],
		["toString", "mean < 1%", /^unknown metric "toString"/],
		["rtp.loss", "meam < 1%", 'unknown statistic "meam": did you mean "mean"?'],
		["rtp.loss", "p95", '"p95" has no operator: write one of < <= > >= == === !=, as in "p95 < …"'],
		["rtp.loss", "", /^unknown statistic ""/],
		["rtp.loss", "p95 =< 1%", /^"=<" is not an operator: write one of </],
		["rtp.loss", "p95 <> 1%", /^"<>" is not an operator/],
		["rtp.loss", "p100 < 1%", /^there is no percentile 100: .*max/],
		["rtp.loss", "p0 < 1%", /^there is no percentile 0: .*min/],
		[
			"rtp.loss",
			"failed < 1%",
			'rtp.loss has no statistic "failed": it has p50 … p99.9, min, max, mean, count, ratio',
		],
		["connect.ice", "rate < 1%", /^connect\.ice has no statistic "rate": .*failed$/],
		["connect.ice.publisher", "failed < 1%", /^connect\.ice\.publisher has no statistic "failed"/],
		["reconnects", "p95 < 2s", 'reconnects has no statistic "p95": it has count'],
		["connect.media", "p95 < 500", '"500" has no unit: write 500ms or 500s'],
		["connect.media", "p95 < 5%", /^"%" is not a unit of time: write a time such as/],
		["connect.media", "p95 < fast", /^"fast" is not a number with a unit: write a time/],
		["connect.media", "p95 <", /^"" is not a number with a unit/],
		["connect.media", "p95 < -2s", /^"-2s" is negative/],
		["connect.media", "p95 < 2s < 3s", /^"2s < 3s" is not a number|not a unit/],
		["rtp.loss", "ratio < 5", '"5" is more than the whole: write 5% or 0.05'],
		["rtp.loss", "ratio < 200%", /^"200%" is more than the whole/],
		["rtp.loss", "mean < 30ms", /^"ms" is not a unit of a share: write a share such as 0\.5%/],
		["audio.mos", "mean > 5", /^"5" is not a mean opinion score: .* 1 to 4\.5$/],
		["audio.mos", "mean > 80%", /^"80%" is not a mean opinion score/],
		["failures", "count < 1.5", /^"1\.5" is not a count: write a plain whole number/],
	])("on %s cannot read %j", (metric, expression, message) => {
		const found = checkThreshold(metric, expression);
		if (typeof message === "string") expect(found).toBe(message);
		else expect(found).toMatch(message);
	});

	it("never ends in anything but a threshold or one sentence", () => {
		const metric = fc.oneof(fc.constantFrom(...distributionNames), fc.string());
		const expression = fc.oneof(
			fc.string(),
			fc
				.tuple(
					fc.constantFrom("p95", "p(", "mean", "failed", "p.", ""),
					fc.constantFrom("<", ">=", "=", "", "!"),
					fc.constantFrom("2s", "1%", "", ".", "1e999", "NaN", "1e", "٣"),
				)
				.map((parts) => parts.join(" ")),
		);
		fc.assert(
			fc.property(metric, expression, (name, text) => {
				const problem = checkThreshold(name, text);
				if (problem === undefined) {
					expect(Number.isFinite(parseThreshold(name, text).limit)).toBe(true);
				} else {
					expect(problem).not.toContain("undefined");
				}
			}),
		);
	});
});

describe("holding", () => {
	it("compares as the operator says, ends included or not", () => {
		const table: Record<Operator, [below: boolean, equal: boolean, above: boolean]> = {
			"<": [true, false, false],
			"<=": [true, true, false],
			">": [false, false, true],
			">=": [false, true, true],
			"==": [false, true, false],
			"!=": [true, false, true],
		};
		for (const [operator, expected] of Object.entries(table)) {
			const threshold = parseThreshold("failures", `count ${operator} 5`);
			expect(
				[4, 5, 6].map((observed) => holds(threshold, observed)),
				operator,
			).toEqual(expected);
		}
	});
});
