import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Invalidity } from "../../../src/verdict/validity.js";
import { decide } from "../../../src/verdict/verdict.js";

const lag: Invalidity = { rule: "lag", observed: 2, limit: 1, unit: "ms", text: "late" };
const good = { ok: true, advisory: false };
const bad = { ok: false, advisory: false };
const hint = { ok: false, advisory: true };
const calm = { thresholds: [good], invalidities: [], aborted: false, error: false };

describe("the verdict", () => {
	it.each([
		[{}, "passed", 0],
		[{ thresholds: [] }, "passed", 0],
		[{ thresholds: [good, hint] }, "passed", 0],
		[{ thresholds: [good, bad] }, "failed", 99],
		[{ invalidities: [lag] }, "invalid", 3],
		[{ invalidities: [lag], thresholds: [bad] }, "invalid", 3],
		[{ aborted: true }, "aborted", 130],
		[{ aborted: true, invalidities: [lag], thresholds: [bad] }, "aborted", 130],
		[{ error: true }, "error", 1],
		[{ error: true, aborted: true, invalidities: [lag], thresholds: [bad] }, "error", 1],
	] as const)("of %j is %s, exit code %i", (inputs, verdict, exitCode) => {
		expect(decide({ ...calm, ...inputs })).toEqual({ verdict, exitCode });
	});

	it("passes only when nothing at all is against it, and only then exits 0", () => {
		const thresholds = fc.array(fc.constantFrom(good, bad, hint));
		const invalidities = fc.array(fc.constant(lag), { maxLength: 1 });
		fc.assert(
			fc.property(
				fc.record({ thresholds, invalidities, aborted: fc.boolean(), error: fc.boolean() }),
				(inputs) => {
					const clean =
						!inputs.error &&
						!inputs.aborted &&
						inputs.invalidities.length === 0 &&
						!inputs.thresholds.includes(bad);
					expect(decide(inputs).verdict === "passed").toBe(clean);
					expect(decide(inputs).exitCode === 0).toBe(clean);
				},
			),
		);
	});
});
