import fc from "fast-check";
import { expect, test } from "vitest";
import { cutLives, firstResumedNumber } from "../../../src/plan/cut-lives.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { Seat } from "../../../src/plan/plan.js";
import { publishersPerRoom } from "../../../src/plan/seats.js";
import { type ShardWeights, shardSeats } from "../../../src/plan/shard.js";
import { arbitraryScenario, scenarioWith } from "./arbitrary-scenario.js";

const anyPause = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000 }));
const anyScenario = arbitraryScenario(anyPause);

test("shards together are the whole, disjoint, each in order", () => {
	fc.assert(
		fc.property(anyScenario, fc.integer({ min: 1, max: 60 }), (scenario, shardCount) => {
			const plan = makePlan(scenario);
			const shards = shardSeats(plan, shardCount);
			expect(shards).toHaveLength(shardCount);
			const all = shards.flat().toSorted((a, b) => a.index - b.index);
			expect(all).toEqual(plan.seats);
			for (const shard of shards)
				expect(shard).toEqual(shard.toSorted((a, b) => a.index - b.index));
		}),
	);
});

test("shards differ by at most one seat, in all and of each role", () => {
	fc.assert(
		fc.property(anyScenario, fc.integer({ min: 1, max: 10 }), (scenario, shardCount) => {
			const shards = shardSeats(makePlan(scenario), shardCount);
			for (const role of ["publisher", "subscriber", "both", undefined]) {
				const sizes = shards.map(
					(shard) => shard.filter((seat) => role === undefined || seat.role === role).length,
				);
				expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
			}
		}),
	);
});

const anyGroup = fc.record({
	publishers: fc.integer({ min: 0, max: 9 }),
	subscribers: fc.integer({ min: 0, max: 9 }),
	both: fc.integer({ min: 0, max: 9 }),
	engine: fc.constantFrom("native", "lite"),
	ice: fc.constant("direct"),
	subscribe: fc.constant("all"),
});
/** Seats of both engines, in rooms as scenarios make them. */
const anySeats = fc
	.record({ rooms: fc.integer({ min: 1, max: 7 }), groups: fc.array(anyGroup, { maxLength: 4 }) })
	.map(({ rooms, groups }) => makePlan(scenarioWith({ rooms, participants: groups })).seats);

const anyWeight = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 }));
const anyWeights: fc.Arbitrary<ShardWeights[]> = fc
	.array(fc.record({ native: anyWeight, lite: anyWeight }), { minLength: 1, maxLength: 8 })
	.filter((all) => all.some(({ native }) => native > 0) && all.some(({ lite }) => lite > 0));

test("weighted shards are the whole, and each has its proportion of each kind, rounded", () => {
	fc.assert(
		fc.property(anySeats, anyWeights, (seats, weights) => {
			const shards = shardSeats({ seats }, weights);
			expect(shards.flat().sort((a, b) => a.index - b.index)).toEqual(seats);
			for (const engine of ["native", "lite"] as const) {
				const sum = weights.reduce((all, weight) => all + weight[engine], 0);
				for (const role of ["publisher", "subscriber", "both"]) {
					const isOfKind = (seat: Seat) => seat.engine === engine && seat.role === role;
					const all = seats.filter(isOfKind).length;
					for (const [i, weight] of weights.entries()) {
						const exact = (all * weight[engine]) / sum;
						const got = shards[i]?.filter(isOfKind).length ?? Number.NaN;
						// Also: exactly its proportion where that is whole, nothing where the weight is 0.
						expect(got).toBeGreaterThanOrEqual(Math.floor(exact));
						expect(got).toBeLessThanOrEqual(Math.ceil(exact));
					}
				}
			}
		}),
	);
});

/** As before there were weights: kind after kind, without starting again at the first shard. */
function dealtLikeCards(seats: readonly Seat[], shardCount: number): Seat[][] {
	const kindOf = ({ engine, role }: Seat) => `${engine} ${role}`;
	const kinds = [...new Set(seats.map(kindOf))];
	const cards = kinds.flatMap((kind) => seats.filter((seat) => kindOf(seat) === kind));
	return Array.from({ length: shardCount }, (_, shard) =>
		cards.filter((_, i) => i % shardCount === shard).sort((a, b) => a.index - b.index),
	);
}

test("equal weights deal like cards, whatever they are", () => {
	fc.assert(
		fc.property(
			anySeats,
			fc.integer({ min: 1, max: 12 }),
			fc.integer({ min: 1, max: 1000 }),
			(seats, shardCount, weight) => {
				const cards = dealtLikeCards(seats, shardCount);
				const weights = Array.from({ length: shardCount }, () => ({
					native: weight,
					lite: weight,
				}));
				expect(shardSeats({ seats }, shardCount)).toEqual(cards);
				expect(shardSeats({ seats }, weights)).toEqual(cards);
			},
		),
		{ numRuns: 300 },
	);
});

test("a big shard's seats lie all along the order of joining", () => {
	const { seats } = makePlan(
		scenarioWith({
			participants: [
				{
					...{ publishers: 0, subscribers: 400, both: 0 },
					...{ engine: "lite", ice: "direct", subscribe: "all" },
				},
			],
		}),
	);
	const weights = [
		{ lite: 300, native: 0 },
		{ lite: 100, native: 25 },
	];
	for (const [i, share] of [0.75, 0.25].entries()) {
		const shard = shardSeats({ seats }, weights)[i] ?? [];
		for (let until = 40; until <= 400; until += 40) {
			const soFar = shard.filter(({ index }) => index < until).length;
			expect(Math.abs(soFar - until * share)).toBeLessThanOrEqual(2);
		}
	}
});

test.each([
	["no shard", []],
	["a negative weight", [{ native: -1, lite: 1 }]],
	["a fraction", [{ native: 1, lite: 0.5 }]],
	["nobody for an engine", [{ native: 0, lite: 5 }]],
])("%s is refused", (_, weights) => {
	expect(() => shardSeats(makePlan(scenarioWith({})), weights)).toThrow(RangeError);
});

test("a shard that computes only its own seats gets the lives of the whole plan", () => {
	fc.assert(
		fc.property(anyScenario, fc.integer({ min: 1, max: 5 }), (scenario, shardCount) => {
			const whole = makePlan(scenario);
			for (const index of Array.from({ length: shardCount }, (_, i) => i)) {
				const own = makePlan(structuredClone(scenario));
				for (const seat of shardSeats(own, shardCount)[index] ?? [])
					expect(own.livesOf(seat)).toEqual(whole.livesOf(seat));
			}
		}),
		{ numRuns: 50 },
	);
});

test.each([0, -1, 1.5, Number.NaN])("%d shards are refused", (shardCount) => {
	expect(() => shardSeats({ seats: [] }, shardCount)).toThrow(RangeError);
});

test("seats: room after room, publishers first, publishing seats numbered", () => {
	const scenario = scenarioWith({
		rooms: 2,
		participants: [
			{ publishers: 1, subscribers: 1, both: 1, engine: "native", ice: "direct", subscribe: "all" },
			{ publishers: 1, subscribers: 0, both: 0, engine: "native", ice: "tcp", subscribe: 1 },
		],
	});
	const { seats } = makePlan(scenario);
	expect(publishersPerRoom(scenario)).toBe(3);
	expect(
		seats.map((seat) => [seat.index, seat.room, seat.indexInRoom, seat.role, seat.publisherIndex]),
	).toEqual([
		[0, 0, 0, "publisher", 0],
		[1, 0, 1, "publisher", 1],
		[2, 0, 2, "both", 2],
		[3, 0, 3, "subscriber", undefined],
		[4, 1, 0, "publisher", 0],
		[5, 1, 1, "publisher", 1],
		[6, 1, 2, "both", 2],
		[7, 1, 3, "subscriber", undefined],
	]);
	expect(seats.slice(0, 4).map(({ ice, subscribe, group }) => [ice, subscribe, group])).toEqual([
		["direct", 0, 0],
		["tcp", 0, 1],
		["direct", "all", 0],
		["direct", "all", 0],
	]);
});

test("cut lives: same time alive from there on, and no number is used twice", () => {
	fc.assert(
		fc.property(
			anyScenario,
			fc.array(fc.nat({ max: 60_000 }), { maxLength: 3 }),
			(scenario, cuts) => {
				const plan = makePlan(scenario);
				for (const seat of plan.seats) {
					const planned = plan.livesOf(seat);
					const numbers = new Set(planned.map((life) => life.number));
					for (const fromMs of new Set(cuts)) {
						const rest = cutLives(plan, seat, fromMs);
						expect(rest.map((life) => [Math.max(life.startMs, fromMs), life.endMs])).toEqual(
							planned
								.filter((life) => life.endMs > fromMs)
								.map((life) => [Math.max(life.startMs, fromMs), life.endMs]),
						);
						expect(rest.every((life) => life.startMs >= fromMs)).toBe(true);
						const resumed = rest.filter((life) => life.number >= firstResumedNumber);
						expect(resumed.length).toBeLessThanOrEqual(1);
						for (const { number } of resumed) {
							expect(numbers.has(number)).toBe(false);
							numbers.add(number);
						}
					}
				}
			},
		),
	);
});

test("a life that starts exactly at the cut is not resumed but lived", () => {
	const plan = makePlan(
		scenarioWith({
			load: [
				{ kind: "ramp", durationMs: 0, participants: 1 },
				{ kind: "hold", durationMs: 9000 },
			],
			life: { stay: { kind: "fixed", ms: 3000 }, rejoinMs: 0 },
		}),
	);
	const [seat] = plan.seats;
	if (seat === undefined) throw new Error("no seat");
	expect(cutLives(plan, seat, 3000).map(({ number, startMs }) => [number, startMs])).toEqual([
		[1, 3000],
		[2, 6000],
	]);
	expect(cutLives(plan, seat, 3001.5).map(({ number, startMs }) => [number, startMs])).toEqual([
		[firstResumedNumber + 3001, 3001.5],
		[2, 6000],
	]);
	expect(cutLives(plan, seat, 9000)).toEqual([]);
});
