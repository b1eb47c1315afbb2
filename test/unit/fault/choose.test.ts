import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseSeats } from "../../../src/fault/choose.js";

const anySeats = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 200 });
const anyLot = fc.record({ seed: fc.nat(), fault: fc.nat(100) });

test("exactly the share, rounded, at least one, none twice; the same in whatever order they are given", () => {
	fc.assert(
		fc.property(
			anySeats,
			fc.double({ min: 0.001, max: 1, noNaN: true }),
			anyLot,
			(seats, share, lot) => {
				const chosen = chooseSeats(seats, share, lot);
				expect(chosen).toHaveLength(Math.max(1, Math.round(seats.length * share)));
				expect(new Set(chosen).size).toBe(chosen.length);
				for (const seat of chosen) expect(seats).toContain(seat);
				expect(chooseSeats(seats.toReversed(), share, lot)).toEqual(chosen);
			},
		),
	);
});

test("each fault has its own luck", () => {
	const seats = Array.from({ length: 100 }, (_, seat) => seat);
	const chosen = [0, 1, 2].map((fault) => chooseSeats(seats, 0.1, { seed: 1, fault }).join());
	expect(new Set(chosen).size).toBe(3);
});

test("of nobody, nobody", () => {
	expect(chooseSeats([], 0.5, { seed: 1, fault: 0 })).toEqual([]);
});
