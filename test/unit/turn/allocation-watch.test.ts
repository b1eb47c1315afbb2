import { expect, test } from "vitest";
import { AllocationWatch } from "../../../src/turn/allocation-watch.js";
import { stun } from "./any-message.js";

const id = (byte: number) => Buffer.alloc(12, byte);
const allocate = (byte: number) => stun(0x0003, Buffer.alloc(0), id(byte));
const success = stun(0x0103, Buffer.alloc(0));
const refreshToZero = stun(0x0004, Buffer.from("000d000400000000", "hex"));

test("the same Allocate, sent again, is the same client's; another one after success is not", () => {
	const watch = new AllocationWatch();
	watch.onSent(allocate(1));
	expect(watch.isForAnother(allocate(2))).toBe(false);
	watch.onReceived(success);
	expect(watch.isForAnother(allocate(1))).toBe(false);
	expect(watch.isForAnother(allocate(2))).toBe(true);
	expect(watch.isForAnother(refreshToZero)).toBe(false);
});

test("an allocation that was given back is leaving, until the client asks for one again", () => {
	const watch = new AllocationWatch();
	watch.onSent(allocate(1));
	watch.onReceived(success);
	expect(watch.isLeaving).toBe(false);
	watch.onSent(refreshToZero);
	expect(watch.isLeaving).toBe(true);
	watch.onSent(allocate(1));
	expect(watch.isLeaving).toBe(false);
});
