import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	bracket,
	type Move,
	nextMove,
	type Outcome,
	type SearchRules,
	type Trial,
} from "../../../src/capacity/search.js";

const rules: SearchRules = {
	least: 1,
	most: 1000,
	grid: 1,
	start: 10,
	resolution: 0.1,
	repeats: 3,
};

/** Follows the search on a server that answers as told. */
function follow(
	answer: (count: number, before: number) => Outcome,
	own: Partial<SearchRules> = {},
) {
	const trials: Trial[] = [];
	for (;;) {
		const move = nextMove(trials, { ...rules, ...own });
		if (move.kind === "done") return { trials, end: move as Move, ...bracket(trials) };
		if (trials.length > 500) throw new Error("the search does not end");
		const before = trials.filter(({ count }) => count === move.count).length;
		trials.push({ count: move.count, outcome: answer(move.count, before) });
	}
}

const holdsUpTo = (limit: number) => (count: number) => (count <= limit ? "passed" : "failed");

describe("a server with a hard limit", () => {
	test("is doubled upon, bisected, and its edge is measured again", () => {
		const { trials, holds, breaks } = follow(holdsUpTo(37), { resolution: 0 });
		expect(trials.map(({ count }) => count)).toEqual([10, 20, 40, 30, 35, 37, 38, 38, 37]);
		expect({ holds, breaks }).toEqual({ holds: 37, breaks: 38 });
	});

	test("is found exactly when no resolution is left, wherever the search begins", () => {
		const hardLimit = fc.record({
			limit: fc.integer({ min: 1, max: 999 }),
			start: fc.integer({ min: 1, max: 1000 }),
			repeats: fc.constantFrom(1, 3, 5),
		});
		fc.assert(
			fc.property(hardLimit, ({ limit, start, repeats }) => {
				const found = follow(holdsUpTo(limit), { start, repeats, resolution: 0 });
				expect(found.end).toEqual({ kind: "done", why: "found" });
				expect(found.holds).toBe(limit);
				expect(found.breaks).toBe(limit + 1);
			}),
		);
	});

	test("is found within the resolution otherwise, on the grid of counts there are", () => {
		const grids = fc.record({
			limit: fc.integer({ min: 12, max: 900 }),
			grid: fc.integer({ min: 1, max: 5 }),
			resolution: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
		});
		fc.assert(
			fc.property(grids, ({ limit, grid, resolution }) => {
				const least = 2 * grid;
				const { holds, breaks = 0, trials } = follow(holdsUpTo(limit), { grid, least, resolution });
				expect(holds).toBeLessThanOrEqual(limit);
				expect(breaks).toBeGreaterThan(limit);
				expect(breaks - holds).toBeLessThanOrEqual(Math.max(grid, resolution * breaks));
				for (const { count } of trials) expect((count - least) % grid).toBe(0);
			}),
		);
	});
});

describe("the ends", () => {
	test("a server that breaks at once is asked for less, and the least is asked again", () => {
		const { trials, end, holds } = follow(() => "failed");
		expect(trials.map(({ count }) => count)).toEqual([10, 5, 2, 1, 1]);
		expect(end).toEqual({ kind: "done", why: "least-breaks" });
		expect(holds).toBe(0);
	});

	test("a server that holds the most is asked for no more than that", () => {
		const { trials, end, holds, breaks } = follow(() => "passed", { most: 50 });
		expect(trials.map(({ count }) => count)).toEqual([10, 20, 40, 50]);
		expect(end).toEqual({ kind: "done", why: "most-holds" });
		expect({ holds, breaks }).toEqual({ holds: 50, breaks: undefined });
	});

	test("a tester that cannot keep up is a wall as a server is", () => {
		const { holds, breaks } = follow((count) => (count <= 30 ? "passed" : "invalid"), {
			resolution: 0,
		});
		expect({ holds, breaks }).toEqual({ holds: 30, breaks: 31 });
	});
});

describe("noise", () => {
	test("a single false alarm in the ramp is outvoted by the runs at the edge", () => {
		const { holds } = follow(
			(count, before) => {
				if (count === 20 && before === 0) return "failed";
				return holdsUpTo(37)(count);
			},
			{ resolution: 0 },
		);
		expect(holds).toBe(37);
	});

	test("a single false pass at the edge is outvoted as well", () => {
		const { holds } = follow(
			(count, before) => {
				if (count === 38 && before === 0) return "passed";
				return holdsUpTo(37)(count);
			},
			{ resolution: 0 },
		);
		expect(holds).toBe(37);
	});

	test("whatever the server answers, the search ends, and no count is asked more than the repeats", () => {
		const answers = fc.infiniteStream(fc.constantFrom<Outcome>("passed", "failed", "invalid"));
		fc.assert(
			fc.property(answers, fc.constantFrom(1, 3, 5), (stream, repeats) => {
				const { trials } = follow(() => stream.next().value ?? "passed", { repeats, most: 60 });
				for (const { count } of trials)
					expect(trials.filter((one) => one.count === count).length).toBeLessThanOrEqual(repeats);
			}),
		);
	});
});
