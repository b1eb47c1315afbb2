import fc from "fast-check";
import type { Life, Plan, Seat } from "../../../src/plan/plan.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import type { LoadStep, Scenario, Stay } from "../../../src/scenario/scenario.js";

const scenario = loadScenario({
	text: "name: test\nparticipants: { publishers: 2, subscribers: 2, both: 1 }\n",
	fileName: "test.yaml",
	checkThreshold: () => undefined,
});

/** A real scenario of one room and five participants with some parts replaced. */
export function scenarioWith(parts: Partial<Scenario>): Scenario {
	return { ...scenario, ...parts };
}

/** Every kind of stay, from a second to far beyond any load shape below. */
export const arbitraryStay: fc.Arbitrary<Stay> = fc.oneof(
	fc.constant<Stay>({ kind: "forever" }),
	fc.record({ kind: fc.constant("fixed" as const), ms: fc.integer({ min: 1000, max: 30_000 }) }),
	fc
		.tuple(fc.integer({ min: 1000, max: 30_000 }), fc.integer({ min: 0, max: 30_000 }))
		.map(([leastMs, more]): Stay => ({ kind: "uniform", leastMs, mostMs: leastMs + more })),
	fc.record({
		kind: fc.constant("exponential" as const),
		meanMs: fc.integer({ min: 1001, max: 30_000 }),
	}),
	fc.record({
		kind: fc.constant("lognormal" as const),
		medianMs: fc.integer({ min: 1001, max: 30_000 }),
		sigma: fc.double({ min: 0.01, max: 5, noNaN: true }),
	}),
);

const group = fc
	.record({
		publishers: fc.integer({ min: 0, max: 4 }),
		subscribers: fc.integer({ min: 0, max: 4 }),
		both: fc.integer({ min: 0, max: 4 }),
		engine: fc.constant("native" as const),
		ice: fc.constantFrom("direct" as const, "tcp" as const),
		subscribe: fc.constantFrom("all" as const, 0, 1),
	})
	.filter(({ publishers, subscribers, both }) => publishers + subscribers + both > 0);

const arbitraryRoomsAndGroups = fc.record({
	rooms: fc.integer({ min: 1, max: 4 }),
	participants: fc.array(group, { minLength: 1, maxLength: 3 }),
});

/** Ramps (up, down, jumps, also several at one time) and holds; lasts at least a millisecond. */
function arbitraryRamps(seats: number): fc.Arbitrary<LoadStep[]> {
	const durationMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 }));
	const ramp = fc.record({
		kind: fc.constant("ramp" as const),
		durationMs,
		participants: fc.integer({ min: 0, max: seats }),
	});
	const hold = fc.record({
		kind: fc.constant("hold" as const),
		durationMs: fc.integer({ min: 1, max: 20_000 }),
	});
	return fc
		.tuple(fc.array(fc.oneof(ramp, hold), { maxLength: 6 }), hold)
		.map(([steps, last]) => [...steps, last]);
}

/** A scenario of ramps and holds, with churn of any kind. */
export function arbitraryScenario(rejoinMs: fc.Arbitrary<number>): fc.Arbitrary<Scenario> {
	return arbitraryRoomsAndGroups.chain(({ rooms, participants }) => {
		const seats =
			rooms *
			participants.reduce((sum, one) => sum + one.publishers + one.subscribers + one.both, 0);
		return fc
			.record({
				seed: fc.maxSafeNat(),
				load: arbitraryRamps(seats),
				life: fc.record({ stay: arbitraryStay, rejoinMs }),
			})
			.map((rest) => scenarioWith({ rooms, participants, ...rest }));
	});
}

/** The lives of a seat that lie outside the plan, overlap, are empty, fractional or wrongly numbered. */
export function disorder(plan: Plan, seat: Seat): Life[] {
	let freeMs = 0;
	return plan.livesOf(seat).filter((life, number) => {
		const isRight =
			life.seat === seat &&
			life.number === number &&
			Number.isSafeInteger(life.startMs) &&
			Number.isSafeInteger(life.endMs) &&
			freeMs <= life.startMs &&
			life.startMs < life.endMs &&
			life.endMs <= plan.durationMs;
		freeMs = life.endMs;
		return !isRight;
	});
}
