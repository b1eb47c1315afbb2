import fc from "fast-check";
import { expect, test } from "vitest";
import { SeatWatch } from "../../../src/fault/seat-watch.js";

const beganAtMs = 10_000;
const interruptionMs = 100;
const connected = { isConnected: true };

/** A packet every 20 ms from one time to another, both included. */
function flow(watch: SeatWatch, fromMs: number, toMs: number): void {
	for (let atMs = fromMs; atMs <= toMs; atMs += 20) watch.beat(atMs);
}

test("media that never stopped has recovered at once, three seconds later", () => {
	const watch = new SeatWatch(beganAtMs, interruptionMs);
	flow(watch, 10_010, 12_990);
	expect(watch.look(12_999, connected, beganAtMs)).toBeUndefined();
	flow(watch, 13_010, 13_010);
	const recovered = { outcome: "recovered", recoveryMs: 0, gapMs: 20 };
	expect(watch.look(13_011, connected, beganAtMs)).toEqual(recovered);
});

test.each([
	["after an outage in two parts, the end of the second", 11_800, 1800],
	["a hiccup after the outage does not prolong it", 11_500, 1100],
])("%s", (_, againAtMs, recoveryMs) => {
	const watch = new SeatWatch(beganAtMs, interruptionMs);
	flow(watch, 10_000, 10_100);
	flow(watch, 11_100, 11_200);
	flow(watch, againAtMs, 15_000);
	const told = watch.look(15_000, connected, beganAtMs);
	expect(told).toEqual({ outcome: "recovered", recoveryMs, gapMs: 1000 });
});

test("recovery from a fault that lasts counts from its end, and what came back before that is at once", () => {
	const after = new SeatWatch(beganAtMs, interruptionMs);
	flow(after, 15_300, 19_000);
	expect(after.look(19_000, connected, 15_000)).toMatchObject({ recoveryMs: 300, gapMs: 5300 });
	const before = new SeatWatch(beganAtMs, interruptionMs);
	flow(before, 14_000, 19_000);
	expect(before.look(19_000, connected, 15_000)).toMatchObject({ recoveryMs: 0, gapMs: 4000 });
});

test.each([
	["while the fault goes on", connected, undefined, 20_000],
	["while the connection is mended", { isConnected: false }, beganAtMs, 20_000],
	["when the packets have stopped again", connected, beganAtMs, 20_500],
])("nothing is said %s", (_, now, fromMs, lookAtMs) => {
	const watch = new SeatWatch(beganAtMs, interruptionMs);
	flow(watch, 10_000, 20_000);
	expect(watch.look(lookAtMs, now, fromMs)).toBeUndefined();
});

test("who gives up has its silence until then as a gap", () => {
	const watch = new SeatWatch(beganAtMs, interruptionMs);
	watch.beat(10_500);
	expect(watch.giveUp(40_000)).toEqual({ outcome: "failed", gapMs: 29_500 });
});

test("a packet from before the fault that is read after it begins the gap", () => {
	const watch = new SeatWatch(beganAtMs, interruptionMs);
	watch.beat(9_990);
	watch.beat(10_490);
	expect(watch.giveUp(10_490).gapMs).toBe(500);
});

test("the gap is the longest of all, whatever the packets; recovery is never below zero", () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (gaps) => {
			const watch = new SeatWatch(beganAtMs, interruptionMs);
			let atMs = beganAtMs;
			for (const gap of gaps) {
				atMs += gap;
				watch.beat(atMs);
			}
			expect(watch.giveUp(atMs).gapMs).toBe(Math.max(...gaps));
			for (let n = 1; n <= 160; n++) watch.beat(atMs + n * 20);
			const told = watch.look(atMs + 3200, connected, beganAtMs);
			const ends = gaps.map((_gap, n) => sum(gaps.slice(0, n + 1)));
			const isOutage = (gap: number) => gap >= Math.max(interruptionMs, Math.max(...gaps) / 2);
			const lastOutage = gaps.findLastIndex(isOutage);
			expect(told).toMatchObject({ recoveryMs: ends[lastOutage] ?? 0 });
		}),
	);
});

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
