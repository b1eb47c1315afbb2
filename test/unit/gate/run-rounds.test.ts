import { describe, expect, test } from "vitest";
import { conclude } from "../../../src/gate/conclude.js";
import type { Figure } from "../../../src/gate/figures.js";
import type { Round, SideName } from "../../../src/gate/round.js";
import { type RoundOutcome, runRounds, type Side } from "../../../src/gate/run-rounds.js";
import { SequentialJudge } from "../../../src/gate/sequential-judge.js";
import { looksOf } from "../../../src/gate/statistics/looks.js";

const figure: Figure = {
	...{ metric: "time", unit: "ms", better: "lower", margin: { absolute: 10 }, judges: true },
	...{ isMachineBound: true, isShareOfParticipants: false },
};

const round = (pair: number, time: number): Round => {
	return { pair, startedAt: "", participants: 10, values: { time } };
};

/** Sides that write down who was run when. */
function scripted(script: (name: SideName, call: number) => RoundOutcome | number) {
	const calls: string[] = [];
	const counts = { baseline: 0, candidate: 0 };
	const side = (name: SideName): Side => ({
		kind: "live",
		async run(pair) {
			calls.push(`${name === "baseline" ? "A" : "B"}${pair}`);
			const made = script(name, ++counts[name]);
			return typeof made === "number" ? { kind: "measured", round: round(pair, made) } : made;
		},
	});
	return { calls, baseline: side("baseline"), candidate: side("candidate") };
}

const order = (more: object = {}) => {
	const judge = new SequentialJudge([figure], 0.9);
	return { judge, looks: looksOf(4, 8, 0.05), warmUp: 0, retries: 2, ...more };
};

const noisy = (call: number) => (call % 2 === 0 ? 60 : -60);

test("the sides take turns A B B A, after the warm-up, which does not count", async () => {
	const sides = scripted(() => 100);
	const { baseline, end } = await runRounds({ ...sides, ...order({ warmUp: 1 }) });
	expect(sides.calls).toEqual(["B0", "A0", "A1", "B1", "B2", "A2", "A3", "B3", "B4", "A4"]);
	expect(baseline.map(({ pair }) => pair)).toEqual([1, 2, 3, 4]);
	expect(end).toBe("settled");
});

test("it stops at the first look at which the candidate is worse", async () => {
	const sides = scripted((name, call) => (name === "baseline" ? 100 : 150) + (call % 3));
	const { end, looks, candidate } = await runRounds({ ...sides, ...order() });
	expect({ end, looks: looks.length, rounds: candidate.length }).toEqual({
		...{ end: "worse", looks: 1, rounds: 4 },
	});
});

test("noise is unknown after all looks, and the rounds that would settle it are told", async () => {
	const sides = scripted((name, call) => 100 + (name === "baseline" ? 0 : noisy(call)));
	const asked = order();
	const { end, candidate } = await runRounds({ ...sides, ...asked });
	expect({ end, rounds: candidate.length }).toEqual({ end: "open", rounds: 8 });
	const [result] = asked.judge.results;
	expect(result?.verdict).toBe("unknown");
	expect(result?.roundsNeeded).toBeGreaterThan(16);
	expect(conclude(end, asked.judge.results)).toMatchObject({ verdict: "unknown", exitCode: 3 });
});

describe("a round that the tester could not keep up with", () => {
	test("is run again in its place and does not count", async () => {
		const sides = scripted((name, call) =>
			name === "candidate" && call === 1 ? { kind: "invalid", reason: "lag" } : 100,
		);
		const { end, invalid, candidate } = await runRounds({ ...sides, ...order() });
		expect(sides.calls.slice(0, 4)).toEqual(["A1", "B1", "B1", "B2"]);
		expect({ end, invalid, rounds: candidate.length }).toEqual({
			...{ end: "settled", invalid: 1, rounds: 4 },
		});
	});

	test("ends the gate as invalid when it stays so", async () => {
		const sides = scripted(() => ({ kind: "invalid", reason: "lag" }));
		const { end, invalid, reason } = await runRounds({ ...sides, ...order() });
		expect({ end, invalid, calls: sides.calls.length }).toEqual({
			...{ end: "invalid", invalid: 2, calls: 3 },
		});
		expect(conclude(end, [], reason)).toMatchObject({ verdict: "invalid", exitCode: 3 });
	});
});

test("a stop of the user is 130, whatever was found", async () => {
	const sides = scripted((_name, call) => (call === 3 ? { kind: "aborted" } : 100));
	const { end, candidate } = await runRounds({ ...sides, ...order() });
	expect(candidate).toHaveLength(2);
	expect(conclude(end, [])).toMatchObject({ verdict: "aborted", exitCode: 130 });
});

describe("stored rounds", () => {
	const stored = (times: readonly number[]): Side => {
		return { kind: "stored", rounds: times.map((time, i) => round(i + 1, time)) };
	};

	test("on both sides are looked at once, with Welch's test and all of alpha", async () => {
		const asked = order();
		const sides = { baseline: stored([100, 101, 99, 100]), candidate: stored([140, 141, 139]) };
		const { end, looks } = await runRounds({ ...sides, ...asked });
		expect(end).toBe("worse");
		expect(looks).toHaveLength(1);
		expect(looks[0]?.level).toBeCloseTo(0.05, 10);
		expect(asked.judge.results[0]?.test).toContain("Welch");
	});

	test("are not paired with the candidate's, whose rounds alone are run", async () => {
		const asked = order();
		const { candidate, calls } = scripted((_name, call) => 100 + (call % 2));
		const { end } = await runRounds({ baseline: stored([100, 101, 100]), candidate, ...asked });
		expect(calls).toEqual(["B1", "B2", "B3", "B4"]);
		expect({ end, test: asked.judge.results[0]?.test }).toMatchObject({
			...{ end: "settled", test: "Welch t over rounds, TOST" },
		});
	});
});

test("a figure that is better is told, and passes", async () => {
	const sides = scripted((name, call) => (name === "baseline" ? 150 : 100) + (call % 3));
	const asked = order();
	const { end } = await runRounds({ ...sides, ...asked });
	const conclusion = conclude(end, asked.judge.results);
	expect(conclusion).toMatchObject({ verdict: "passed", exitCode: 0 });
	expect(conclusion.reason).toContain("better: time");
});
