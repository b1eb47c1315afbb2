import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { Life, Plan, PlanStep } from "../../../src/plan/plan.js";
import { arbitraryScenario, disorder, scenarioWith } from "./arbitrary-scenario.js";

const noPause = fc.constant(0);
const anyPause = fc.oneof(noPause, fc.integer({ min: 1, max: 10_000 }));

const livesOf = (plan: Plan): Life[] => plan.seats.flatMap((seat) => plan.livesOf(seat));
const facts = (plan: Plan) =>
	livesOf(plan).map(({ seat, number, startMs, endMs }) => [seat.index, number, startMs, endMs]);

/** The instants at which anything can change, and their neighbours. */
function instants(plan: Plan): number[] {
	const borders = livesOf(plan).flatMap(({ startMs, endMs }) => [startMs, endMs]);
	return [...new Set([-1, ...borders.flatMap((ms) => [ms - 1, ms, ms + 1]), plan.durationMs])];
}

/** The line itself, between its corners, straight from the steps: [least, most] within a millisecond. */
function lineNear(steps: readonly PlanStep[], atMs: number): [number, number] {
	const values: number[] = [];
	for (const [i, step] of steps.entries()) {
		const next = steps[i + 1] ?? step;
		if (step.atMs > atMs + 1 || next.atMs < atMs - 1) continue;
		for (const ms of [atMs - 1, atMs, atMs + 1]) {
			const inside = Math.min(Math.max(ms, step.atMs), next.atMs);
			const share = next.atMs === step.atMs ? 0 : (inside - step.atMs) / (next.atMs - step.atMs);
			values.push(step.participants + share * (next.participants - step.participants));
			if (next.atMs === step.atMs) values.push(next.participants);
		}
	}
	return [Math.min(...values), Math.max(...values)];
}

describe("laws of ramps and holds", () => {
	test("same seed, same plan", () => {
		fc.assert(
			fc.property(arbitraryScenario(anyPause), (scenario) => {
				expect(facts(makePlan(structuredClone(scenario)))).toEqual(facts(makePlan(scenario)));
			}),
		);
	});

	test("the number alive is the load shape, rounded up, at every instant and for any stay", () => {
		fc.assert(
			fc.property(arbitraryScenario(noPause), (scenario) => {
				const plan = makePlan(scenario);
				const stepMs = Math.ceil(plan.durationMs / 50);
				for (let atMs = 0; atMs < plan.durationMs; atMs += stepMs) {
					const [least, most] = lineNear(plan.steps, atMs);
					const alive = plan.aliveAt(atMs);
					expect({
						atMs,
						alive,
						isOnLine: Math.ceil(least) <= alive && alive <= Math.floor(most) + 1,
					}).toEqual({ atMs, alive, isOnLine: true });
				}
			}),
		);
	});

	test("aliveAt counts exactly the lives with start <= t < end, with and without pauses", () => {
		fc.assert(
			fc.property(arbitraryScenario(anyPause), (scenario) => {
				const plan = makePlan(scenario);
				const lives = livesOf(plan);
				// In no order at all, because the counter remembers where it was.
				for (const atMs of instants(plan).slice(0, 60)) {
					const alive = lives.filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
					expect(plan.aliveAt(atMs)).toBe(alive.length);
				}
			}),
		);
	});

	test("lives lie within the plan at whole milliseconds, numbered in order, never overlapping on a seat", () => {
		fc.assert(
			fc.property(arbitraryScenario(anyPause), (scenario) => {
				const plan = makePlan(scenario);
				expect(plan.seats.flatMap((seat) => disorder(plan, seat))).toEqual([]);
				expect(plan.lifeCount).toBe(livesOf(plan).length);
			}),
		);
	});
});

test("another seed is another churn", () => {
	const life = { stay: { kind: "uniform", leastMs: 1000, mostMs: 9000 }, rejoinMs: 0 } as const;
	const plans = Array.from({ length: 50 }, (_, seed) => makePlan(scenarioWith({ seed, life })));
	expect(new Set(plans.map((plan) => JSON.stringify(facts(plan)))).size).toBe(50);
});

test("each seat has stays of its own", () => {
	const life = { stay: { kind: "uniform", leastMs: 1000, mostMs: 9000 }, rejoinMs: 0 } as const;
	const plan = makePlan(
		scenarioWith({
			rooms: 10,
			life,
			load: [
				{ kind: "ramp", durationMs: 0, participants: 50 },
				{ kind: "hold", durationMs: 30_000 },
			],
		}),
	);
	const ends = plan.seats.map((seat) =>
		plan
			.livesOf(seat)
			.map((life) => life.endMs)
			.join(" "),
	);
	expect(new Set(ends).size).toBe(50);
});

test("a ramp up and down: first in at its start, last out at its end", () => {
	const plan = makePlan(
		scenarioWith({
			load: [
				{ kind: "ramp", durationMs: 5000, participants: 5 },
				{ kind: "hold", durationMs: 10_000 },
				{ kind: "ramp", durationMs: 5000, participants: 0 },
				{ kind: "hold", durationMs: 1000 },
			],
		}),
	);
	expect(facts(plan)).toEqual([
		[0, 0, 0, 20_000],
		[1, 0, 1000, 19_000],
		[2, 0, 2000, 18_000],
		[3, 0, 3000, 17_000],
		[4, 0, 4000, 16_000],
	]);
	expect([0, 999, 1000, 4000, 15_999, 16_000, 19_999, 20_000].map(plan.aliveAt)).toEqual([
		1, 1, 2, 5, 5, 4, 1, 0,
	]);
	expect(plan.steps).toEqual([
		{ atMs: 0, participants: 0 },
		{ atMs: 5000, participants: 5 },
		{ atMs: 15_000, participants: 5 },
		{ atMs: 20_000, participants: 0 },
		{ atMs: 21_000, participants: 0 },
	]);
});

test("with a pause the seat stays empty before the successor comes", () => {
	const plan = makePlan(
		scenarioWith({
			participants: [
				{ publishers: 0, subscribers: 0, both: 1, engine: "native", ice: "direct", subscribe: 0 },
			],
			load: [
				{ kind: "ramp", durationMs: 0, participants: 1 },
				{ kind: "hold", durationMs: 10_000 },
			],
			life: { stay: { kind: "fixed", ms: 3000 }, rejoinMs: 1500 },
		}),
	);
	expect(facts(plan)).toEqual([
		[0, 0, 0, 3000],
		[0, 1, 4500, 7500],
		[0, 2, 9000, 10_000],
	]);
});

test("a successor is never born into its last second: the predecessor stays instead", () => {
	const plan = makePlan(
		scenarioWith({
			load: [
				{ kind: "ramp", durationMs: 0, participants: 1 },
				{ kind: "hold", durationMs: 6500 },
			],
			life: { stay: { kind: "fixed", ms: 3000 }, rejoinMs: 0 },
		}),
	);
	expect(facts(plan)).toEqual([
		[0, 0, 0, 3000],
		[0, 1, 3000, 6500],
	]);
});

test("eight hours of churn are drawn one by one, not held", () => {
	const plan = makePlan(
		scenarioWith({
			rooms: 200,
			load: [
				{ kind: "ramp", durationMs: 60_000, participants: 1000 },
				{ kind: "hold", durationMs: 8 * 3_600_000 },
			],
			life: { stay: { kind: "uniform", leastMs: 8000, mostMs: 16_000 }, rejoinMs: 0 },
		}),
	);
	// Mean stay 12 s: 2,400 lives a seat; the law of large numbers leaves well under one per cent.
	expect(plan.lifeCount / (1000 * 2400)).toBeCloseTo(1, 2);
	expect(plan.aliveAt(4 * 3_600_000)).toBe(1000);
});
