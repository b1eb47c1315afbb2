import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	DataProbeReceiver,
	DataProbeSender,
	smallestProbeBytes,
} from "../../../../../src/engine/lite/media/data-probe.js";

const newSender = (sender = 1) =>
	new DataProbeSender({ sender, rateHz: 50, bytes: 100, startMs: 1000 });

describe("the sender", () => {
	it("keeps the rate, however the calls are spread", () => {
		const rate = fc.double({ min: 0.1, max: 500, noNaN: true });
		const steps = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { maxLength: 30 });
		fc.assert(
			fc.property(rate, steps, (rateHz, delays) => {
				const sender = new DataProbeSender({ sender: 1, rateHz, bytes: 24, startMs: 1000 });
				let nowMs = 1000;
				let sent = sender.due(nowMs).length;
				for (const delay of delays) {
					nowMs += delay;
					sent += sender.due(nowMs).length;
					expect(sent).toBe(Math.floor(((nowMs - 1000) * rateHz) / 1000 + 1e-6) + 1);
				}
				expect(sender.sent).toBe(sent);
			}),
			{ numRuns: 50 },
		);
	});

	it("sends nothing before its time, and messages of the size asked for", () => {
		const sender = newSender();
		expect(sender.due(999)).toEqual([]);
		expect(sender.due(1000).map(({ length }) => length)).toEqual([100]);
	});

	it.each([
		[0, 100],
		[Number.NaN, 100],
		[Number.POSITIVE_INFINITY, 100],
		[10, smallestProbeBytes - 1],
		[10, 99.5],
	])("refuses %d messages a second of %d bytes", (rateHz, bytes) => {
		expect(() => new DataProbeSender({ sender: 1, rateHz, bytes, startMs: 0 })).toThrow(RangeError);
	});
});

describe("the receiver", () => {
	it("tells the latency of each message, and counts each sender by itself", () => {
		const receiver = new DataProbeReceiver();
		for (const sender of [newSender(1), newSender(2)])
			for (const message of sender.due(1040)) expect(receiver.receive(message, 1047.5)).toBe(7.5);
		const each = { received: 3, duplicates: 0, lost: 0, bytes: 300 };
		expect(receiver.totals()).toEqual([
			{ sender: 1, ...each },
			{ sender: 2, ...each },
		]);
	});

	it("counts loss, late messages and duplicates exactly, in any order", () => {
		const plan = fc
			.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 100 })
			.chain((copies) => {
				const numbers = copies.flatMap((count, number) => Array<number>(count).fill(number));
				return fc.shuffledSubarray(numbers, { minLength: numbers.length });
			});
		fc.assert(
			fc.property(plan, (order) => {
				fc.pre(order.length > 0);
				const messages = newSender().due(1000 + 20 * 100);
				const receiver = new DataProbeReceiver();
				const latencies = order.map((n) => {
					const message = messages[n];
					return message && receiver.receive(message, 5000);
				});
				const distinct = new Set(order);
				const span = Math.max(...order) - Math.min(...order) + 1;
				expect(receiver.totals()).toEqual([
					{
						sender: 1,
						received: distinct.size,
						duplicates: order.length - distinct.size,
						lost: span - distinct.size,
						bytes: distinct.size * 100,
					},
				]);
				expect(latencies.filter((latency) => latency !== undefined)).toHaveLength(distinct.size);
			}),
		);
	});

	it("passes over what is no probe", () => {
		const receiver = new DataProbeReceiver();
		expect(receiver.receive(Buffer.from("hello"), 0)).toBeUndefined();
		expect(receiver.receive(Buffer.alloc(100, "chat"), 0)).toBeUndefined();
		expect(receiver.totals()).toEqual([]);
	});

	it("counts a gap of millions without keeping a list of it", () => {
		const [message] = newSender().due(1000);
		if (!message) throw new Error("no message");
		const receiver = new DataProbeReceiver();
		receiver.receive(message, 1000);
		message.writeUInt32BE(0xffffffff, 8);
		receiver.receive(message, 1000);
		expect(receiver.totals()[0]).toMatchObject({ received: 2, lost: 0xffffffff - 1 });
	});
});
