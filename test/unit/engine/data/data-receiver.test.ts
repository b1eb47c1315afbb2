import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataReceiver } from "../../../../src/engine/data/data-receiver.js";
import { DataSender } from "../../../../src/engine/data/data-sender.js";

const newSender = (sender = 1, rateHz = 50) =>
	new DataSender({ sender, stream: { rateHz, bytes: 100 }, startMs: 1000 });

describe("the receiver", () => {
	it("adds up all senders, and hands out each latency once", () => {
		const receiver = new DataReceiver();
		for (const sender of [newSender(1), newSender(2)])
			for (const message of sender.due(1040)) receiver.receive(message, 1047.5);
		const counts = { packetsReceived: 6, bytesReceived: 600, packetsLost: 0 };
		expect(receiver.take(1048)).toMatchObject({
			...counts,
			latenciesMs: Array<number>(6).fill(7.5),
		});
		expect(receiver.take(1048)).toMatchObject({ ...counts, latenciesMs: [] });
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
				const receiver = new DataReceiver();
				for (const n of order) receiver.receive(messages[n] ?? Buffer.alloc(0), 5000);
				const firsts = order.filter((n, at) => order.indexOf(n) === at);
				const span = Math.max(...order) - Math.min(...order) + 1;
				const overtaken = firsts.filter((n, at) => firsts.slice(0, at).some((m) => m > n));
				expect(receiver.take(5000)).toEqual({
					packetsReceived: firsts.length,
					bytesReceived: firsts.length * 100,
					packetsLost: span - firsts.length,
					packetsDuplicated: order.length - firsts.length,
					packetsReordered: overtaken.length,
					latenciesMs: Array<number>(firsts.length).fill(2000),
				});
			}),
		);
	});

	it("passes over what is none of ours", () => {
		const receiver = new DataReceiver();
		receiver.receive(Buffer.from("hello"), 0);
		receiver.receive(Buffer.alloc(100, "chat"), 0);
		expect(receiver.take(0)).toMatchObject({ packetsReceived: 0, latenciesMs: [] });
		expect(receiver.senders).toBe(0);
	});

	it("reads a message that lies inside a larger buffer", () => {
		const [message = Buffer.alloc(0)] = newSender().due(1000);
		const packet = Buffer.concat([Buffer.alloc(3), message, Buffer.alloc(3)]);
		const receiver = new DataReceiver();
		receiver.receive(packet.subarray(3, 3 + message.length), 1002);
		expect(receiver.take(1002)).toMatchObject({ packetsReceived: 1, latenciesMs: [2] });
	});

	it("counts a gap of millions without keeping a list of it", () => {
		const [message = Buffer.alloc(0)] = newSender().due(1000);
		const receiver = new DataReceiver();
		receiver.receive(message, 1000);
		message.writeUInt32BE(0xffffffff, 8);
		receiver.receive(message, 1000);
		expect(receiver.take(1000)).toMatchObject({ packetsReceived: 2, packetsLost: 0xffffffff - 1 });
	});

	it("forgets who has gone, but nobody who is only slow, and keeps the counts", () => {
		const receiver = new DataReceiver();
		// One message a minute, and fifty a second.
		for (const sender of [newSender(1, 1 / 60), newSender(2, 50)])
			for (const message of sender.due(1040)) receiver.receive(message, 1040);
		receiver.take(31_040);
		expect(receiver.senders).toBe(2);
		expect(receiver.take(31_041).packetsReceived).toBe(4);
		expect(receiver.senders).toBe(1);
		receiver.take(1040 + 600_001);
		expect(receiver.senders).toBe(0);
	});
});
