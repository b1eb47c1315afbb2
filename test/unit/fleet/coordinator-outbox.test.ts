import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { Outbox } from "../../../src/fleet/coordinator/outbox.js";
import type { ToAgent } from "../../../src/fleet/to-agent.js";

const order = (shard: number): ToAgent => {
	return { kind: "start", run: "r", shard, startAtMs: 0 };
};
const release: ToAgent = { kind: "release", run: "r" };

test("orders arrive in order and once each, however often Redis is away in between", async () => {
	const clock = new ManualClock();
	const sent: ToAgent[] = [];
	let calls = 0;
	const box = new Outbox(async (one) => {
		if (++calls % 3 !== 0) throw new Error("away");
		sent.push(one);
	}, clock);
	const orders = [0, 1, 2, 3].map(order);
	for (const one of orders) expect(box.post(one)).toBe(true);
	const flushed = box.flushed();
	await clock.advanceTo(20_000);
	await flushed;
	expect(sent).toEqual(orders);
	expect(clock.sleeping).toBe(0);
});

test("closed while Redis is away: nobody waits, and only the last order is tried", async () => {
	const clock = new ManualClock();
	const tried: ToAgent[] = [];
	const box = new Outbox(async (one) => {
		tried.push(one);
		throw new Error("away");
	}, clock);
	box.post(order(0));
	box.post(order(1));
	await clock.advanceTo(10);
	await box.close(release);
	expect(tried).toEqual([order(0), release]);
	expect(box.post(order(2))).toBe(false);
	expect(clock.sleeping).toBe(0);
});

test("what waits for an agent that takes nothing does not grow without end", () => {
	const box = new Outbox(() => new Promise(() => {}), new ManualClock());
	const taken = Array.from({ length: 2_000 }, (_, shard) => box.post(order(shard)));
	expect(taken.filter(Boolean)).toHaveLength(1_000);
});
