import { performance } from "node:perf_hooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.js";

const hourMs = 3_600_000;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
	const startMs = Date.now();
	vi.spyOn(performance, "now").mockImplementation(() => Date.now() - startMs + 0.4);
});
afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});

/** Whether the sleep has ended by now. */
function watched(sleep: Promise<void>): { ended: boolean } {
	const state = { ended: false };
	void sleep.then(() => {
		state.ended = true;
	});
	return state;
}

test("tells epoch milliseconds", () => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	// A day is far beyond any skew between the two clocks.
	expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(24 * hourMs);
});

test("never wakes early, whatever the fraction of a millisecond", async () => {
	for (const delayMs of [0.2, 0.7, 1, 9.3, 9.999, 1000.5]) {
		const atMs = systemClock.nowMs() + delayMs;
		let nowMs = Number.NaN;
		void systemClock.sleepUntil(atMs).then(() => {
			nowMs = systemClock.nowMs();
		});
		await vi.advanceTimersByTimeAsync(2000);
		expect(nowMs).toBeGreaterThanOrEqual(atMs);
	}
});

test("sleeps for longer than a timer can hold", async () => {
	const sleep = watched(systemClock.sleepUntil(systemClock.nowMs() + 1000 * hourMs));
	await vi.advanceTimersByTimeAsync(999 * hourMs);
	expect(sleep.ended).toBe(false);
	await vi.advanceTimersByTimeAsync(2 * hourMs);
	expect(sleep.ended).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
});

test("wakes on abort and leaves no timer behind", async () => {
	const stop = new AbortController();
	const removed = vi.spyOn(stop.signal, "removeEventListener");
	const sleep = watched(systemClock.sleepUntil(systemClock.nowMs() + hourMs, stop.signal));
	expect(vi.getTimerCount()).toBe(1);
	stop.abort();
	await vi.advanceTimersByTimeAsync(0);
	expect(sleep.ended).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
	expect(removed).toHaveBeenCalledTimes(1);
});

test("a time past and an aborted signal are not waited for", async () => {
	const past = watched(systemClock.sleepUntil(systemClock.nowMs() - 1));
	const aborted = watched(
		systemClock.sleepUntil(systemClock.nowMs() + hourMs, AbortSignal.abort()),
	);
	await vi.advanceTimersByTimeAsync(0);
	expect([past.ended, aborted.ended]).toEqual([true, true]);
	expect(vi.getTimerCount()).toBe(0);
});
