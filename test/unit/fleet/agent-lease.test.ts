import fc from "fast-check";
import { expect, test } from "vitest";
import { Lease } from "../../../src/pool/lease.js";

test("law: a lease goes on exactly as long as no gap between renewals reaches its length", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 100 }),
			fc.array(fc.nat(150), { maxLength: 20 }),
			(leaseMs, gaps) => {
				const lease = new Lease(leaseMs, 0);
				let nowMs = 0;
				let isOver = false;
				for (const gap of gaps) {
					nowMs += gap;
					isOver ||= gap >= leaseMs;
					// What is over stays over, however often it is renewed.
					expect(lease.renew(nowMs)).toBe(!isOver);
					expect(lease.isOver(nowMs)).toBe(isOver);
				}
			},
		),
	);
});

test("one without a length never ends", () => {
	expect(new Lease(Number.POSITIVE_INFINITY, 5).isOver(1e15)).toBe(false);
});
