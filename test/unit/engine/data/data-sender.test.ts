import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDataMessage } from "../../../../src/engine/data/data-message.js";
import { DataSender } from "../../../../src/engine/data/data-sender.js";
import { smallestDataBytes } from "../../../../src/engine/data/data-stream.js";

const newSender = (rateHz = 50, bytes = 100) =>
	new DataSender({ sender: 1, stream: { rateHz, bytes }, startMs: 1000 });

describe("the sender", () => {
	it("keeps the rate, however the calls are spread", () => {
		const rate = fc.double({ min: 0.1, max: 500, noNaN: true });
		const steps = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { maxLength: 30 });
		fc.assert(
			fc.property(rate, steps, (rateHz, delays) => {
				const sender = newSender(rateHz, 24);
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

	it("numbers its messages, with the time they leave and its pause between two", () => {
		const messages = newSender().due(1040).map(readDataMessage);
		const each = { sender: 1, periodMs: 20, sentAtMs: 1040 };
		expect(messages).toEqual([0, 1, 2].map((number) => ({ ...each, number })));
	});

	it("gives up nothing of what it may not send at once", () => {
		const sender = newSender();
		expect(sender.due(1100, 4)).toHaveLength(4);
		expect(sender.due(1100, 4)).toHaveLength(2);
		expect(sender.due(1100, 4)).toHaveLength(0);
	});

	it("is late with what leaves more than 20 ms after its time", () => {
		const sender = newSender();
		sender.due(1020);
		expect(sender.late).toBe(0);
		// Due at 1040, 1060, 1080 and 1100.
		sender.due(1101);
		expect([sender.sent, sender.late]).toEqual([6, 3]);
	});

	it.each([
		[0, 100],
		[Number.NaN, 100],
		[Number.POSITIVE_INFINITY, 100],
		[10, smallestDataBytes - 1],
		[10, 99.5],
	])("refuses %d messages a second of %d bytes", (rateHz, bytes) => {
		expect(() => newSender(rateHz, bytes)).toThrow(RangeError);
	});
});
