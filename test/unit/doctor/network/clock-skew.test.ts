import fc from "fast-check";
import { expect, test } from "vitest";
import { clockFinding, clockOffsetMs } from "../../../../src/doctor/network/clock-skew.js";

const answer = { status: 200, text: "OK", body: "OK" };

test("the offset is right to half a second and half the round trip", () => {
	const nowMs = Date.UTC(2026, 10, 22);
	const span = { min: 0, max: 10_000 };
	fc.assert(
		fc.property(
			fc.integer({ min: -1e9, max: 1e9 }),
			fc.integer(span),
			fc.integer(span),
			fc.integer({ min: 0, max: 999 }),
			(offsetMs, thereMs, backMs, fraction) => {
				const sentMs = nowMs + fraction;
				const date = new Date(sentMs + thereMs + offsetMs).toUTCString();
				const receivedMs = sentMs + thereMs + backMs;
				const found = clockOffsetMs({ ...answer, headers: { date }, sentMs, receivedMs });
				expect(Math.abs((found ?? Number.NaN) - offsetMs)).toBeLessThanOrEqual(
					501 + (thereMs + backMs) / 2,
				);
			},
		),
	);
});

test("a server without a Date header has no known clock", () => {
	expect(clockOffsetMs({ ...answer, headers: {}, sentMs: 0, receivedMs: 1 })).toBeUndefined();
});

test.each([
	[0, undefined],
	[60_000, undefined],
	[-60_000, undefined],
	[61_000, "ahead of"],
	[-61_000, "behind"],
])("clocks %i ms apart", (offsetMs, words) => {
	const title = clockFinding(offsetMs)?.title;
	if (words === undefined) expect(title).toBeUndefined();
	else expect(title).toContain(`61 s ${words}`);
});
