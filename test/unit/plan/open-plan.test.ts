import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { arrivalTimes } from "../../../src/plan/arrive.js";
import { LowestFree } from "../../../src/plan/lowest-free.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { Life, Plan } from "../../../src/plan/plan.js";
import type { ArriveStep, Scenario } from "../../../src/scenario/scenario.js";
import { arbitraryStay, disorder, scenarioWith } from "./arbitrary-scenario.js";

const livesOf = (plan: Plan): Life[] => plan.seats.flatMap((seat) => plan.livesOf(seat));

const arbitraryArrive: fc.Arbitrary<ArriveStep> = fc.record({
	kind: fc.constant("arrive" as const),
	durationMs: fc.integer({ min: 1, max: 20_000 }),
	rate: fc.record({
		count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0.1, max: 5, noNaN: true })),
		perMs: fc.constantFrom(1000, 60_000),
	}),
	spacing: fc.constantFrom("even" as const, "poisson" as const),
});

/** With seats for everybody, even if nobody leaves. */
const arbitraryScenario: fc.Arbitrary<Scenario> = fc
	.record({
		seed: fc.maxSafeNat(),
		steps: fc.array(arbitraryArrive, { minLength: 1, maxLength: 3 }),
		holdMs: fc.integer({ min: 1, max: 20_000 }),
		stay: arbitraryStay,
	})
	.map(({ seed, steps, holdMs, stay }) =>
		scenarioWith({
			seed,
			rooms: 100,
			load: [...steps, { kind: "hold", durationMs: holdMs }],
			life: { stay, rejoinMs: 0 },
		}),
	);

describe("laws of arrivals", () => {
	test("even: exactly rate × time, a whole gap apart", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 }), (rate, s) => {
				const times = arrivalTimes(
					[
						{
							kind: "arrive",
							durationMs: s * 1000,
							rate: { count: rate, perMs: 1000 },
							spacing: "even",
						},
					],
					1,
				);
				expect(times.length).toBe(rate * s);
				expect(times).toEqual(times.map((_, k) => Math.floor((k * 1000) / rate)));
			}),
		);
	});

	test("lives lie within the plan, in order, never overlap on a seat; aliveAt counts them", () => {
		fc.assert(
			fc.property(arbitraryScenario, (scenario) => {
				const plan = makePlan(scenario);
				const lives = livesOf(plan);
				expect(plan.lifeCount).toBe(lives.length);
				expect(plan.seats.flatMap((seat) => disorder(plan, seat))).toEqual([]);
				for (const atMs of lives.slice(0, 20).flatMap((life) => [life.startMs, life.endMs])) {
					const alive = lives.filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
					expect(plan.aliveAt(atMs)).toBe(alive.length);
				}
			}),
		);
	});

	test("an arrival takes the lowest seat that is free at that time", () => {
		fc.assert(
			fc.property(arbitraryScenario, (scenario) => {
				const plan = makePlan(scenario);
				const freeAtMs = plan.seats.map(() => 0);
				const byStart = livesOf(plan).toSorted(
					(a, b) => a.startMs - b.startMs || a.seat.index - b.seat.index,
				);
				const lowest = byStart.map(({ startMs, endMs }) => {
					const seat = freeAtMs.findIndex((ms) => ms <= startMs);
					freeAtMs[seat] = endMs;
					return seat;
				});
				expect(byStart.map(({ seat }) => seat.index)).toEqual(lowest);
			}),
			{ numRuns: 30 },
		);
	});

	test("same seed, same plan", () => {
		fc.assert(
			fc.property(arbitraryScenario, (scenario) => {
				expect(livesOf(makePlan(structuredClone(scenario)))).toEqual(livesOf(makePlan(scenario)));
			}),
			{ numRuns: 30 },
		);
	});
});

test("poisson: the count over many seeds has the mean and the variance of the law", () => {
	const counts = Array.from(
		{ length: 2000 },
		(_, seed) =>
			arrivalTimes(
				[
					{
						kind: "arrive",
						durationMs: 20_000,
						rate: { count: 5, perMs: 1000 },
						spacing: "poisson",
					},
				],
				seed,
			).length,
	);
	const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
	const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (counts.length - 1);
	// Mean and variance 100; four standard errors of 2,000 runs: 0.9 and 12.7.
	expect(Math.abs(mean - 100)).toBeLessThan(0.9);
	expect(Math.abs(variance - 100)).toBeLessThan(12.7);
});

test("poisson: two steps alike have arrivals of their own", () => {
	const step: ArriveStep = {
		kind: "arrive",
		durationMs: 10_000,
		rate: { count: 2, perMs: 1000 },
		spacing: "poisson",
	};
	const times = arrivalTimes([step, step], 1);
	const first = times.filter((atMs) => atMs < 10_000);
	const second = times.filter((atMs) => atMs >= 10_000).map((atMs) => atMs - 10_000);
	expect(second).not.toEqual(first);
});

test("too few seats: says when, and how many would do", () => {
	const scenario = (rooms: number) =>
		scenarioWith({
			rooms,
			load: [
				{
					kind: "arrive",
					durationMs: 60_000,
					rate: { count: 1, perMs: 1000 },
					spacing: "even",
				},
			],
			life: { stay: { kind: "fixed", ms: 15_000 }, rejoinMs: 0 },
		});
	let error: unknown;
	try {
		makePlan(scenario(2));
	} catch (thrown) {
		error = thrown;
	}
	expect(error).toBeInstanceOf(UserError);
	expect(error).toMatchObject({
		exitCode: 2,
		message:
			"load: at 10s one more participant arrives than the 10 that the scenario has; 15 would be needed at the busiest time",
	});
	// Three rooms of five are exactly enough.
	expect(makePlan(scenario(3)).lifeCount).toBe(60);
});

test("LowestFree is a set that always gives its least member", () => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 200 }), (moves) => {
			const lowest = new LowestFree();
			const out = new Set<number>();
			for (const move of moves) {
				const held = [...out][move];
				if (held === undefined) {
					let expected = 0;
					while (out.has(expected)) expected++;
					expect(lowest.take()).toBe(expected);
					out.add(expected);
				} else {
					out.delete(held);
					lowest.giveBack(held);
				}
			}
		}),
	);
});
