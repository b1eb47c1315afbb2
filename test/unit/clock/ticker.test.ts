import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { Ticker } from "../../../src/clock/ticker.js";

const intervalMs = 10;

function startedTicker(startMs = 0) {
	const clock = new ManualClock(startMs);
	const lags: number[] = [];
	const ticks: number[] = [];
	const ticker = new Ticker(clock, intervalMs, (lagMs) => lags.push(lagMs));
	ticker.add((nowMs) => ticks.push(nowMs));
	ticker.start();
	return { clock, lags, ticks, ticker };
}

describe("laws", () => {
	test("10,000 ticks with random lateness do not drift, and none goes uncounted", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.infiniteStream(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 35, noNaN: true }))),
				async (lateness) => {
					const { clock, lags, ticks, ticker } = startedTicker(7);
					const expected: number[] = [];
					let tick = 1;
					while (tick <= 10_000) {
						const nowMs = 7 + tick * intervalMs + (lateness.next().value ?? 0);
						await clock.stallUntil(nowMs);
						expect(ticks.at(-1)).toBe(nowMs);
						for (; 7 + tick * intervalMs <= nowMs; tick++)
							expected.push(nowMs - (7 + tick * intervalMs));
					}
					expect(lags).toEqual(expected);
					ticker.stop();
					expect(clock.sleeping).toBe(0);
				},
			),
			{ numRuns: 3 },
		);
	});

	test("on time, each tick runs once, on the beat", async () => {
		const { clock, lags, ticks } = startedTicker(1000);
		await clock.advanceTo(1055);
		expect(ticks).toEqual([1010, 1020, 1030, 1040, 1050]);
		expect(lags).toEqual([0, 0, 0, 0, 0]);
	});
});

test("ticks missed in a stall count each with its own lag; the tasks run once", async () => {
	const { clock, lags, ticks } = startedTicker();
	await clock.stallUntil(45);
	expect(lags).toEqual([35, 25, 15, 5]);
	expect(ticks).toEqual([45]);
	await clock.advanceTo(50);
	expect([lags.at(-1), ticks.at(-1)]).toEqual([0, 50]);
});

test("after a stall too long to count tick by tick it is back on the beat", async () => {
	const { clock, lags, ticks } = startedTicker();
	await clock.stallUntil(60_003);
	expect(lags).toHaveLength(1000);
	expect(lags[0]).toBe(59_993);
	await clock.advanceTo(60_010);
	expect([lags.at(-1), ticks]).toEqual([0, [60_003, 60_010]]);
});

test("a removed task is not called again, the others are", async () => {
	const { clock, ticker, ticks } = startedTicker();
	let calls = 0;
	const remove = ticker.add(() => {
		calls++;
		remove();
	});
	await clock.advanceTo(30);
	expect([calls, ticks.length]).toEqual([1, 3]);
});

test("tasks of a lower rate take turns, and have one turn after a stall, however long", async () => {
	const { clock, ticker } = startedTicker();
	const turns: [string, number][] = [];
	for (const name of ["a", "b"]) ticker.add((nowMs) => turns.push([name, nowMs]), 20);
	await clock.advanceTo(60);
	const at = (name: string) => turns.filter(([of]) => of === name).map(([, nowMs]) => nowMs);
	const [odd, even] = [
		[10, 30, 50],
		[20, 40, 60],
	];
	expect([at("a"), at("b")].sort((x, y) => (x[0] ?? 0) - (y[0] ?? 0))).toEqual([odd, even]);
	await clock.stallUntil(185);
	expect([at("a").length, at("b").length]).toEqual([4, 4]);
	await clock.advanceTo(200);
	expect(at("a").length + at("b").length).toBe(9 + 1);
});

test("a task may stop the ticker", async () => {
	const { clock, ticker, ticks } = startedTicker();
	ticker.add(() => ticker.stop());
	await clock.advanceTo(100);
	expect(ticks).toEqual([10]);
	expect(clock.sleeping).toBe(0);
});

test("started again it runs once, not twice", async () => {
	const { clock, ticker, ticks } = startedTicker();
	ticker.start();
	await clock.advanceTo(20);
	expect(ticks).toEqual([10, 20]);
});
