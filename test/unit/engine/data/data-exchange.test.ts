import { expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import { Ticker } from "../../../../src/clock/ticker.js";
import { DataExchange } from "../../../../src/engine/data/data-exchange.js";
import { readDataMessage } from "../../../../src/engine/data/data-message.js";

const stream = { rateHz: 20, bytes: 50, reliable: false };

function exchange(
	options: { sends?: boolean; receives?: boolean; nowMs?: number; offsetMs?: number } = {},
) {
	const clock = new ManualClock(options.nowMs ?? 1000);
	const ticker = new Ticker(clock, 10, () => {});
	const { sends = true, receives = true, offsetMs = 0 } = options;
	const made = new DataExchange({
		...{ stream: sends ? stream : undefined, receives, clock, ticker },
		sharedOffsetMs: () => offsetMs,
	});
	const sent: Buffer[] = [];
	let isReady = true;
	const outlet = { isReady: () => isReady, send: (message: Buffer) => void sent.push(message) };
	ticker.start();
	const setReady = (ready: boolean) => {
		isReady = ready;
	};
	return { clock, exchange: made, sent, outlet, setReady };
}

test("messages leave at the rate, stamped with the tick's own time", async () => {
	const { clock, exchange: one, sent, outlet } = exchange();
	one.begin(outlet);
	await clock.advanceTo(1000 + 10_000);
	// The first comes within one pause, 50 ms.
	expect(sent.length).toBeGreaterThanOrEqual(199);
	expect(sent.length).toBeLessThanOrEqual(201);
	const times = sent.map((message) => readDataMessage(message)?.sentAtMs ?? 0);
	for (const [n, atMs] of times.entries()) expect(atMs - (times[n - 1] ?? atMs - 50)).toBe(50);
	expect(one.totals()).toMatchObject({
		...{ packetsSent: sent.length, bytesSent: sent.length * 50, packetsLate: 0 },
	});
});

test("what is due while the channel takes nothing leaves afterwards, late, and nothing is given up", async () => {
	const { clock, exchange: one, sent, outlet, setReady } = exchange();
	one.begin(outlet);
	setReady(false);
	await clock.advanceTo(3000);
	expect(sent).toEqual([]);
	setReady(true);
	await clock.advanceTo(3010);
	expect(sent.length).toBeGreaterThanOrEqual(39);
	expect(one.totals()?.packetsLate).toBeGreaterThanOrEqual(38);
	expect(sent.map((message) => readDataMessage(message)?.number)).toEqual(
		Array.from(sent, (_, n) => n),
	);
});

test("a long stall is made up for in bursts of at most 100", async () => {
	const { clock, exchange: one, sent, outlet, setReady } = exchange();
	one.begin(outlet);
	setReady(false);
	await clock.advanceTo(1000 + 15_000);
	setReady(true);
	await clock.advanceTo(1000 + 15_010);
	expect(sent).toHaveLength(100);
	await clock.advanceTo(1000 + 15_040);
	expect(sent.length).toBeGreaterThanOrEqual(300);
});

test("a new session numbers anew as another sender, the totals go on, and nothing is sent between", async () => {
	const { clock, exchange: one, sent, outlet } = exchange();
	one.begin(outlet);
	await clock.advanceTo(2000);
	one.end();
	const before = sent.length;
	await clock.advanceTo(3000);
	expect(sent).toHaveLength(before);
	one.begin(outlet);
	await clock.advanceTo(4000);
	expect(sent.length).toBeGreaterThan(before + 15);
	expect(one.totals()?.packetsSent).toBe(sent.length);
	const read = [sent[0], sent[before]].map((message) => message && readDataMessage(message));
	expect(read.map((message) => message?.number)).toEqual([0, 0]);
	expect(read[0]?.sender).not.toBe(read[1]?.sender);
});

test("who only sends counts nothing of the others, who only listens sends nothing", async () => {
	const sender = exchange({ receives: false });
	sender.exchange.begin(sender.outlet);
	await sender.clock.advanceTo(2000);
	const listener = exchange({ sends: false });
	listener.exchange.begin(listener.outlet);
	await listener.clock.advanceTo(2000);
	expect(listener.sent).toEqual([]);
	for (const message of sender.sent) {
		sender.exchange.receive(message);
		listener.exchange.receive(message);
	}
	expect(sender.exchange.totals()?.packetsReceived).toBe(0);
	expect(listener.exchange.totals()).toMatchObject({
		...{ packetsSent: 0, bytesSent: 0, packetsReceived: sender.sent.length },
	});
	expect(exchange({ sends: false, receives: false }).exchange.totals()).toBeUndefined();
});

test("between machines whose clocks differ, the latency is by the clock that they share", async () => {
	const here = exchange({ nowMs: 1000, offsetMs: 500, receives: false });
	const there = exchange({ nowMs: 8000, offsetMs: -6500, sends: false });
	here.exchange.begin(here.outlet);
	await here.clock.advanceTo(1100);
	// 400 ms of the shared clock after it began: 1500 here, 1900 there.
	await there.clock.advanceTo(8400);
	for (const message of here.sent) there.exchange.receive(message);
	const latenciesMs = there.exchange.totals()?.latenciesMs ?? [];
	expect(latenciesMs).toHaveLength(here.sent.length);
	expect(here.sent.length).toBeGreaterThan(0);
	for (const [n, message] of here.sent.entries())
		expect(latenciesMs[n]).toBe(1900 - (readDataMessage(message)?.sentAtMs ?? 0));
	expect(Math.max(...latenciesMs)).toBeLessThanOrEqual(400);
	expect(Math.min(...latenciesMs)).toBeGreaterThanOrEqual(300);
});
