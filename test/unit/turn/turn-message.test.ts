import fc from "fast-check";
import { expect, test } from "vitest";
import { endsAllocation, isRequest } from "../../../src/turn/turn-message.js";
import { anyMessage, channelData, stun } from "./any-message.js";

const word = (text: string) => Buffer.from(text, "hex");

test("only requests are requests", () => {
	expect(isRequest(stun(0x0003, word("")))).toBe(true);
	expect(isRequest(stun(0x0008, word("")))).toBe(true);
	for (const type of [0x0016, 0x0017, 0x0103, 0x0113])
		expect(isRequest(stun(type, word("")))).toBe(false);
	expect(isRequest(channelData(0x4000, word("00")))).toBe(false);
});

test("a Refresh with a lifetime of 0 ends the allocation, wherever the attribute stands", () => {
	const lifetime = (seconds: string) => word(`000d0004${seconds}`);
	const name = word("00060003616263ff");
	expect(endsAllocation(stun(0x0004, lifetime("00000000")))).toBe(true);
	expect(endsAllocation(stun(0x0004, Buffer.concat([name, lifetime("00000000")])))).toBe(true);
	expect(endsAllocation(stun(0x0004, lifetime("00000258")))).toBe(false);
	expect(endsAllocation(stun(0x0004, name))).toBe(false);
	expect(endsAllocation(stun(0x0003, lifetime("00000000")))).toBe(false);
});

test("no whole message, however odd its attributes, breaks the reader", () => {
	fc.assert(
		fc.property(anyMessage, (message) => {
			expect(typeof endsAllocation(message)).toBe("boolean");
			expect(typeof isRequest(message)).toBe("boolean");
		}),
	);
	expect(endsAllocation(stun(0x0004, word("0006ffff00000000")))).toBe(false);
	expect(endsAllocation(stun(0x0004, word("000d0004")))).toBe(false);
});
