import { describe, expect, test } from "vitest";
import type { PcmSource } from "../../../src/audio/pcm-source.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import { isSpeaking } from "../../../src/plan/speakers.js";
import { RoomVoices } from "../../../src/pool/room-voices.js";
import { identityOf } from "../../../src/pool/run-names.js";
import type { Scenario } from "../../../src/scenario/scenario.js";
import { scenarioWith } from "../plan/arbitrary-scenario.js";

/** As loud as can be, all the time. */
const loud: PcmSource = {
	...{ name: "loud", sampleRateHz: 48_000, longestPauseMs: 0 },
	read: (_start, out) => {
		out.fill(10_000);
	},
};

function voices(parts: Partial<Scenario>) {
	const scenario = scenarioWith({ rooms: 2, ...parts });
	const plan = makePlan(scenario);
	let nowMs = 0;
	const room = new RoomVoices(plan, scenario, loud, () => nowMs);
	const publishers = plan.seats.filter(({ room, role }) => room === 1 && role !== "subscriber");
	return {
		...{ room, plan, scenario, publishers },
		identity: (index: number) => {
			const seat = publishers[index];
			if (!seat) throw new Error("no such publisher");
			return identityOf("livesoak-abc123", { seat, number: 3, startMs: 0, endMs: 1 });
		},
		at: (ms: number) => {
			nowMs = ms;
		},
		isSpeaking: (publisherIndex: number, atMs: number) =>
			isSpeaking({
				...{ seed: scenario.seed, room: 1, publishers: publishers.length },
				...{ publisherIndex, atMs },
			}),
	};
}

test("everybody speaks: the material as it is, and every publisher is to be heard", () => {
	const { room, plan, identity } = voices({ speakers: "all" });
	for (const seat of plan.seats)
		expect(room.pcmFor(seat)).toBe(seat.role === "subscriber" ? undefined : loud);
	expect([room.expectation(identity(0)), room.expectation(undefined)]).toEqual([
		"audible",
		"audible",
	]);
});

test("silence is to be heard of nobody, taking turns or not", () => {
	const { audio } = scenarioWith({});
	for (const speakers of ["all", "simulate"] as const) {
		const { room, identity } = voices({ speakers, audio: { ...audio, source: "silence" } });
		expect(room.expectation(identity(0))).toBe("quiet");
	}
});

describe("taking turns", () => {
	const talk = voices({ speakers: "simulate" });

	test("a subscriber sends nothing, a publisher is heard in its turns only", () => {
		const subscriber = talk.plan.seats.find(({ role }) => role === "subscriber");
		expect(subscriber && talk.room.pcmFor(subscriber)).toBeUndefined();
		for (const [index, seat] of talk.publishers.entries()) {
			const source = talk.room.pcmFor(seat);
			for (let atMs = 100; atMs < 40_000; atMs += 100) {
				const out = new Int16Array(48);
				source?.read(atMs * 48, out);
				// Away from the edges, where the gate fades.
				const steady = [-10, 0, 10].map((ms) => talk.isSpeaking(index, atMs + ms));
				if (steady.every(Boolean)) expect(out[0]).toBe(10_000);
				else if (!steady.some(Boolean)) expect(out[0]).toBe(0);
			}
		}
	});

	test("is to be heard if it was its turn all through the last 1.5 s, quiet if never", () => {
		const counts = { audible: 0, quiet: 0, mixed: 0 };
		for (let atMs = 1500; atMs < 60_000; atMs += 170) {
			talk.at(atMs);
			const expected = talk.room.expectation(talk.identity(0));
			const turns = Array.from({ length: 30 }, (_, i) => talk.isSpeaking(0, atMs - 1500 + 50 * i));
			// A turn may have ended between two looks; whole windows must agree at every look.
			if (expected === "audible") expect(turns.every(Boolean)).toBe(true);
			if (expected === "quiet") expect(turns.some(Boolean)).toBe(false);
			if (expected === "mixed") counts.mixed++;
			else counts[expected]++;
			if (turns.some(Boolean) && !turns.every(Boolean)) expect(expected).toBe("mixed");
		}
		for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5);
	});

	test("of somebody unknown nothing can be expected", () => {
		for (const identity of [undefined, "a-guest", "livesoak-abc123-p99999-0"])
			expect(talk.room.expectation(identity)).toBe("mixed");
	});
});
