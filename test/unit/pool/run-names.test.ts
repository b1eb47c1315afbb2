import fc from "fast-check";
import { expect, test } from "vitest";
import type { Life } from "../../../src/plan/plan.js";
import { identityOf, roomNameOf, seatOf } from "../../../src/pool/run-names.js";

const life = (index: number, number: number): Life => ({
	...{ number, startMs: 0, endMs: 1 },
	seat: {
		...{ index, room: 0, indexInRoom: index, role: "both", engine: "native" },
		...{ ice: "direct", subscribe: "all", group: 0 },
	},
});
const tag = fc.stringMatching(/^livesoak-[0-9a-f]{6}$/);

test("the seat can be read back from an identity, also of a life that was taken over", () => {
	fc.assert(
		fc.property(
			tag,
			fc.nat(),
			fc.oneof(fc.nat(), fc.integer({ min: 1e9, max: 2e9 })),
			(...[runTag, index, number]) => {
				expect(seatOf(identityOf(runTag, life(index, number)))).toBe(index);
			},
		),
	);
});

test("no two lives of a run, and no two runs, share an identity or a room", () => {
	const names = ["livesoak-aaaaaa", "livesoak-bbbbbb"].flatMap((runTag) =>
		[0, 1, 11].flatMap((index) => [
			roomNameOf(runTag, index),
			...[0, 1, 11].map((number) => identityOf(runTag, life(index, number))),
		]),
	);
	expect(new Set(names).size).toBe(names.length);
});

test.each(["", "somebody", "livesoak-abcdef-p", "x-p1", "x-p1-2-3x", "x-pA-1", "agent-p-1-2x"])(
	"%j is nobody of ours",
	(identity) => {
		expect(seatOf(identity)).toBeUndefined();
	},
);
