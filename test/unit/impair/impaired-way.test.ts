import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Clock } from "../../../src/clock/clock.js";
import { ImpairedWay } from "../../../src/impair/impaired-way.js";
import { type Impairment, impairment } from "../../../src/impair/impairment.js";
import { PacketFate } from "../../../src/impair/packet-fate.js";

/** The faked timers' own time. */
const clock: Clock = { nowMs: () => Date.now(), sleepUntil: () => Promise.resolve() };
const startMs = 1_000_000;

function way(what: Partial<Impairment>, capacity = 100) {
	const sent: [atMs: number, text: string][] = [];
	const made = new ImpairedWay({
		...{ clock, capacity },
		fate: new PacketFate(1, 0),
		send: (datagram) => void sent.push([Date.now() - startMs, datagram.toString()]),
	});
	made.impair(impairment(what));
	return { sent, way: made, receive: (text: string) => made.receive(Buffer.from(text)) };
}

describe("one way of an emulated link", () => {
	beforeEach(() => void vi.useFakeTimers({ now: startMs }));
	afterEach(() => void vi.useRealTimers());

	it("passes on at once what is not delayed", () => {
		const { sent, receive } = way({});
		receive("one");
		receive("two");
		expect(sent).toEqual([
			[0, "one"],
			[0, "two"],
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("sends each packet when it is due, in order, with one timer", async () => {
		const { sent, receive } = way({ delayMs: 30 });
		receive("one");
		await vi.advanceTimersByTimeAsync(10);
		receive("two");
		expect(vi.getTimerCount()).toBe(1);
		await vi.advanceTimersByTimeAsync(100);
		expect(sent).toEqual([
			[30, "one"],
			[40, "two"],
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("lets packets overtake one that is held back", async () => {
		const { sent, way: link, receive } = way({ reorderRatio: 1, reorderMs: 50 });
		receive("held");
		link.impair(impairment({ delayMs: 5 }));
		receive("later");
		await vi.advanceTimersByTimeAsync(100);
		expect(sent).toEqual([
			[5, "later"],
			[50, "held"],
		]);
	});

	it("sends what is due before what has just come, though its own timer is late", () => {
		const { sent, way: link, receive } = way({ delayMs: 20 });
		receive("old");
		// The process stood still: time has gone by, no timer has fired.
		vi.setSystemTime(startMs + 27);
		link.impair(impairment({}));
		receive("new");
		expect(sent.map(([, text]) => text)).toEqual(["old", "new"]);
		expect(link.counts.latestMs).toBe(7);
	});

	it("leaves alone what it is not asked to harm", () => {
		const { sent, way: link, receive } = way({ only: "rtp", lossRatio: 1 });
		receive("no frame at all");
		expect(sent).toEqual([[0, "no frame at all"]]);
		expect(link.counts).toMatchObject({ received: 1, taken: 0, lost: 0, sent: 1 });
	});

	it("tells of what it could not hold", () => {
		const { way: link, receive } = way({ delayMs: 10 }, 2);
		for (const text of ["one", "two", "three"]) receive(text);
		expect(link.counts).toMatchObject({ received: 3, waiting: 2, overrun: 1, lost: 0 });
	});

	it("accounts for every packet", async () => {
		const { way: link, receive } = way({ lossRatio: 0.2, duplicateRatio: 0.3, jitterMs: 20 }, 5);
		for (let n = 0; n < 500; n++) {
			receive("packet");
			await vi.advanceTimersByTimeAsync(1);
		}
		const { received, sent, lost, overflowed, duplicated, overrun, waiting } = link.counts;
		expect(received + duplicated).toBe(sent + lost + overflowed + overrun + waiting);
		expect(overrun).toBeGreaterThan(0);
		await vi.advanceTimersByTimeAsync(100);
		expect(link.counts.waiting).toBe(0);
	});

	it("sends nothing once it is closed", async () => {
		const { sent, way: link, receive } = way({ delayMs: 10 });
		receive("late");
		link.close();
		await vi.advanceTimersByTimeAsync(100);
		expect(sent).toEqual([]);
	});
});
