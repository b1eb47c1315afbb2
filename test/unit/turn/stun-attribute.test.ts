import fc from "fast-check";
import { expect, test } from "vitest";
import {
	addressOf,
	attribute,
	errorOf,
	xorAddress,
	xorAddressOf,
} from "../../../src/turn/stun-attribute.js";
import { attributeTypes } from "../../../src/turn/turn-message.js";
import { stun } from "./any-message.js";

const { xorMappedAddress, mappedAddress, errorCode } = attributeTypes;
/** Of the samples in RFC 5769, sections 2.2 and 2.3. */
const id = Buffer.from("b7e7a701bc34d686fa87dfae", "hex");

test("the addresses of RFC 5769's sample answers", () => {
	for (const [bytes, address] of [
		["002000080001a147e112a643", "192.0.2.1"],
		["002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9", "2001:db8:1234:5678:11:2233:4455:6677"],
	] as const) {
		const message = stun(0x0101, Buffer.from(bytes, "hex"), id);
		expect(xorAddressOf(message, xorMappedAddress)).toEqual({ address, port: 32853 });
		const written = attribute(xorMappedAddress, xorAddress({ address, port: 32853 }, id));
		expect(written.toString("hex")).toBe(bytes);
	}
});

test("what is written is read, whatever the address and the id", () => {
	const words = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
	const ipv6 = words.map((all) => all.map((word) => word.toString(16)).join(":"));
	const port = fc.integer({ min: 0, max: 0xffff });
	const anyId = fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
	fc.assert(
		fc.property(fc.oneof(fc.ipV4(), ipv6), port, anyId, (text, number, own) => {
			const value = attribute(xorMappedAddress, xorAddress({ address: text, port: number }, own));
			const read = xorAddressOf(stun(0x0101, value, own), xorMappedAddress);
			expect(read?.port).toBe(number);
			expect(canonical(read?.address ?? "")).toBe(canonical(text));
		}),
	);
});

test("a plain address, an error code, and none of either", () => {
	const plain = attribute(mappedAddress, Buffer.from("00010d96c0000201", "hex"));
	expect(addressOf(stun(0x0101, plain), mappedAddress)).toEqual({
		...{ address: "192.0.2.1", port: 3478 },
	});
	const refusal = Buffer.concat([Buffer.from([0, 0, 4, 38]), Buffer.from("Stale Nonce")]);
	expect(errorOf(stun(0x0113, attribute(errorCode, refusal)), errorCode)).toEqual({
		...{ code: 438, reason: "Stale Nonce" },
	});
	for (const value of ["", "0001", "00030d96c0000201", "00020d96c0000201"]) {
		const message = stun(0x0101, attribute(xorMappedAddress, Buffer.from(value, "hex")));
		expect(xorAddressOf(message, xorMappedAddress)).toBeUndefined();
		expect(addressOf(message, xorMappedAddress)).toBeUndefined();
	}
	expect(errorOf(stun(0x0113, attribute(errorCode, Buffer.alloc(3))), errorCode)).toBeUndefined();
});

function canonical(address: string): string {
	return address.includes(":") ? new URL(`http://[${address}]/`).hostname : address;
}
