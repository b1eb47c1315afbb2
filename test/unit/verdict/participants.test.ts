import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { ParticipantLabels } from "../../../src/sample/sample.js";
import { countParticipants } from "../../../src/verdict/participants.js";

const labels: ParticipantLabels = { engine: "native", ice: "direct", role: "both" };

/** Every way a planned life can go. */
const fates = ["not begun", "joining", "failed", "lost", "left", "unfinished"] as const;

function live(aggregates: Aggregates, fate: (typeof fates)[number]): void {
	if (fate === "not begun") return;
	fold(aggregates, { kind: "begun", labels, lateMs: 0 });
	if (fate === "joining") return;
	if (fate === "failed") {
		fold(aggregates, { kind: "failed", labels, stage: "ice", cause: "timeout" });
		return;
	}
	fold(aggregates, { kind: "joined", labels });
	if (fate === "lost") fold(aggregates, { kind: "lost", labels, cause: "disconnected" });
	if (fate === "left") fold(aggregates, { kind: "left", labels });
}

describe("the participants of a run", () => {
	it("are conserved: each planned life ends in exactly one way", () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...fates)), fc.nat(5), (lives, takenOver) => {
				const aggregates = new Aggregates();
				for (const fate of lives) live(aggregates, fate);
				const planned = Math.max(lives.length - takenOver, 0);
				const { counts, fault } = countParticipants(aggregates, planned, lives.length - planned);
				const number = (fate: string) => lives.filter((each) => each === fate).length;
				expect(fault).toBeUndefined();
				expect(counts.planned + counts.takenOver).toBe(
					counts.joined + counts.failed + counts.notStarted,
				);
				expect(counts.joined).toBe(counts.lost + counts.left + counts.unfinished);
				expect(counts).toMatchObject({
					failed: number("failed"),
					lost: number("lost"),
					left: number("left"),
					unfinished: number("unfinished"),
					notStarted: number("not begun") + number("joining"),
				});
			}),
		);
	});

	it("that outnumber the plan are a contradiction", () => {
		const aggregates = new Aggregates();
		for (const fate of ["left", "left"] as const) live(aggregates, fate);
		expect(countParticipants(aggregates, 1).fault).toBe("2 lives began, but only 1 were due");
		expect(countParticipants(aggregates, 1, 1).fault).toBeUndefined();
	});

	it("that end twice or without a beginning are a contradiction", () => {
		const twice = new Aggregates();
		live(twice, "left");
		fold(twice, { kind: "lost", labels, cause: "disconnected" });
		expect(countParticipants(twice, 1).fault).toMatch(/only 1 had joined/);
		expect(countParticipants(twice, 1).counts.unfinished).toBe(0);
		const unborn = new Aggregates();
		fold(unborn, { kind: "failed", labels, stage: "ice", cause: "timeout" });
		expect(countParticipants(unborn, 1).fault).toMatch(/only 0 lives began/);
	});
});
