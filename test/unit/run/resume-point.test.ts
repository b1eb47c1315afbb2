import fc from "fast-check";
import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import { lostWithTester } from "../../../src/run/resume-point.js";
import type { LifeSample, ParticipantLabels } from "../../../src/sample/sample.js";
import { countParticipants } from "../../../src/verdict/participants.js";

const labels: readonly ParticipantLabels[] = [
	{ engine: "native", ice: "direct", role: "both" },
	{ engine: "lite", ice: "relay-udp", role: "subscriber" },
];

/** How far a life had come when the tester was killed. */
const fates = ["begun", "joined", "failed", "lost", "left"] as const;

function turnsOf(fate: (typeof fates)[number], of: ParticipantLabels): LifeSample[] {
	const begun: LifeSample = { kind: "begun", labels: of, lateMs: 0 };
	const joined: LifeSample = { kind: "joined", labels: of };
	switch (fate) {
		case "begun":
			return [begun];
		case "joined":
			return [begun, joined];
		case "failed":
			return [begun, { kind: "failed", labels: of, stage: "joined", cause: "timeout" }];
		case "lost":
			return [begun, joined, { kind: "lost", labels: of, cause: "disconnected" }];
		case "left":
			return [begun, joined, { kind: "left", labels: of }];
	}
}

test("whoever was in a room is lost once, of its own engine, ICE policy and role, and the counts stay conserved", () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.constantFrom(...fates), fc.constantFrom(...labels))),
			(lives) => {
				const totals = new Aggregates();
				for (const [fate, of] of lives) for (const turn of turnsOf(fate, of)) fold(totals, turn);
				const lost = lostWithTester(totals);
				for (const of of labels) {
					const inRoom = lives.filter(([fate, its]) => fate === "joined" && its === of).length;
					expect(lost.filter((sample) => sample.labels.engine === of.engine)).toHaveLength(inRoom);
				}
				for (const sample of lost) fold(totals, sample);
				// All of them begin again, and stay to the end.
				for (const { labels: of } of lost)
					for (const turn of turnsOf("left", of)) fold(totals, turn);
				const { counts, fault } = countParticipants(totals, lives.length, lost.length);
				expect(fault).toBeUndefined();
				expect(counts.unfinished).toBe(0);
				expect(counts.notStarted).toBe(lives.filter(([fate]) => fate === "begun").length);
				// Killed a second time, nobody is lost twice.
				expect(lostWithTester(totals)).toEqual([]);
			},
		),
	);
});
