import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import {
	defaultValidityLimits,
	judgeValidity,
	type TesterState,
	testerState,
} from "../../../src/verdict/validity.js";

const atTheLimits: TesterState = { ...defaultValidityLimits };

describe("the validity of a measurement", () => {
	it("is given up to the limits themselves, and where nothing is known", () => {
		expect(judgeValidity(atTheLimits)).toEqual([]);
		expect(judgeValidity({})).toEqual([]);
	});

	it.each([
		["lagP99Ms", 100.5, "lag", "ms"],
		["startDelayP99Ms", 1001, "start-delay", "ms"],
		["lateFrameRatio", 0.011, "late-frames", "ratio"],
		["cpuRatio", 0.96, "cpu", "ratio"],
		["lostToTesterRatio", 0.02, "lost-to-tester", "ratio"],
	] as const)("is lost by %s of %f", (name, observed, rule, unit) => {
		const found = judgeValidity({ ...atTheLimits, [name]: observed });
		expect(found).toHaveLength(1);
		expect(found[0]).toMatchObject({ rule, observed, limit: defaultValidityLimits[name], unit });
	});

	it("is told in a sentence with both figures", () => {
		expect(judgeValidity({ lagP99Ms: 340 })[0]?.text).toMatch(/340 ms late \(p99; limit 100 ms\)/);
		expect(judgeValidity({ lateFrameRatio: 0.0213 })[0]?.text).toMatch(/^2\.13 % .*limit 1 %/);
	});

	it("takes the scenario's own limits, and the defaults for the rest", () => {
		const state = { lagP99Ms: 300, lateFrameRatio: 0.5 };
		const rules = judgeValidity(state, { lagP99Ms: 400 }).map(({ rule }) => rule);
		expect(rules).toEqual(["late-frames"]);
	});

	it("is lost when the counts contradict each other", () => {
		const [found] = judgeValidity({ accountingFault: "9 lives began, but only 8 were due" });
		expect(found).toMatchObject({ rule: "accounting", observed: 1, limit: 0 });
		expect(found?.text).toContain("9 lives began");
	});
});

describe("what the aggregates know of the tester", () => {
	it("is undefined where there are no samples", () => {
		expect(Object.values(testerState(new Aggregates())).every((value) => value === undefined)).toBe(
			true,
		);
	});

	it("is lag, start delay, late frames and the participants a worker took along", () => {
		const aggregates = new Aggregates();
		aggregates.record("tester.lag", 7);
		aggregates.record("tester.startDelay", 30);
		aggregates.recordRatio("audio.late", 1, 100);
		const labels = { engine: "native", ice: "direct", role: "both" };
		aggregates.add("participants", { event: "begun", ...labels }, 10);
		aggregates.add("lost", { cause: "worker-died" }, 2);
		aggregates.add("lost", { cause: "disconnected" }, 5);
		aggregates.add("failures", { stage: "ice", cause: "worker-died" }, 1);
		expect(testerState(aggregates, { cpuRatio: 0.4 })).toEqual({
			lagP99Ms: 7,
			startDelayP99Ms: 30,
			lateFrameRatio: 0.01,
			cpuRatio: 0.4,
			lostToTesterRatio: 0.3,
		});
	});
});
