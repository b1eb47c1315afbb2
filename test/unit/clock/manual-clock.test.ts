import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";

test("sleepers wake in the order of their times, each at its own time", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 20 }),
			async (times) => {
				const clock = new ManualClock();
				const woken: { atMs: number; index: number; nowMs: number }[] = [];
				for (const [index, atMs] of times.entries())
					void clock.sleepUntil(atMs).then(() => woken.push({ atMs, index, nowMs: clock.nowMs() }));
				await clock.advanceTo(100);
				const expected = times
					.map((atMs, index) => ({ atMs, index, nowMs: atMs }))
					.sort((a, b) => a.atMs - b.atMs || a.index - b.index);
				expect(woken).toEqual(expected);
				expect([clock.nowMs(), clock.sleeping]).toEqual([100, 0]);
			},
		),
		{ numRuns: 50 },
	);
});

test("who lies down again on waking is woken again on the way", async () => {
	const clock = new ManualClock(1000);
	const woken: number[] = [];
	const loop = async () => {
		for (let atMs = 1010; atMs <= 1050; atMs += 10) {
			await clock.sleepUntil(atMs);
			woken.push(clock.nowMs());
		}
	};
	void loop();
	await clock.advanceTo(1034);
	expect(woken).toEqual([1010, 1020, 1030]);
	expect(clock.sleeping).toBe(1);
});

test("after a stall all who were due wake late", async () => {
	const clock = new ManualClock();
	const woken: number[] = [];
	for (const atMs of [10, 20, 70])
		void clock.sleepUntil(atMs).then(() => woken.push(clock.nowMs()));
	await clock.stallUntil(50);
	expect(woken).toEqual([50, 50]);
});

test("a sleep ends with its signal, and time past is not waited for", async () => {
	const clock = new ManualClock(500);
	const stop = new AbortController();
	const sleep = clock.sleepUntil(1000, stop.signal);
	expect(clock.sleeping).toBe(1);
	stop.abort();
	await sleep;
	await clock.sleepUntil(1000, stop.signal);
	await clock.sleepUntil(500);
	await clock.sleepUntil(Number.NaN);
	expect([clock.nowMs(), clock.sleeping]).toEqual([500, 0]);
});
