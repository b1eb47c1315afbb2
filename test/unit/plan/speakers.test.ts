import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSpeaking, speakingWindow } from "../../../src/plan/speakers.js";

const eightHoursMs = 8 * 3_600_000;
const arbitraryRoom = fc.record({
	seed: fc.maxSafeNat(),
	room: fc.nat({ max: 10_000 }),
	publishers: fc.integer({ min: 1, max: 30 }),
});
const arbitraryTime = fc.integer({ min: 0, max: eightHoursMs });

type Room = { seed: number; room: number; publishers: number };
const indices = (room: Room) => Array.from({ length: room.publishers }, (_, i) => i);
const speakersAt = (room: Room, atMs: number) =>
	indices(room).filter((publisherIndex) => isSpeaking({ ...room, publisherIndex, atMs }));

/** Who speaks from when on, watched every 50 ms from an instant on. */
function turns(
	room: Room,
	fromMs: number,
	lengthMs: number,
): { speaker: number; startMs: number }[] {
	const seen: { speaker: number; startMs: number }[] = [];
	for (let atMs = fromMs; atMs < fromMs + lengthMs; atMs += 50) {
		const speaker = speakersAt(room, atMs)[0] ?? -1;
		if (seen.at(-1)?.speaker !== speaker) seen.push({ speaker, startMs: atMs });
	}
	return seen;
}

describe("laws of taking turns", () => {
	test("exactly one speaks at any time", () => {
		fc.assert(
			fc.property(arbitraryRoom, arbitraryTime, (room, atMs) => {
				expect(speakersAt(room, atMs)).toHaveLength(1);
			}),
			{ numRuns: 1000 },
		);
	});

	test("a turn lasts 2 to 6 s and goes to somebody else", () => {
		fc.assert(
			fc.property(
				arbitraryRoom.filter(({ publishers }) => publishers > 1 && publishers < 9),
				arbitraryTime,
				(room, fromMs) => {
					// The first and the last are cut by the window that is watched.
					const whole = turns(room, fromMs, 60_000).slice(1);
					expect(whole.length).toBeGreaterThan(8);
					for (const [i, turn] of whole.slice(0, -1).entries()) {
						const lengthMs = (whole[i + 1]?.startMs ?? 0) - turn.startMs;
						expect(lengthMs).toBeGreaterThanOrEqual(2000 - 50);
						expect(lengthMs).toBeLessThanOrEqual(6000 + 50);
					}
				},
			),
			{ numRuns: 10 },
		);
	});

	test("everybody speaks within two rounds", () => {
		fc.assert(
			fc.property(
				arbitraryRoom.filter(({ publishers }) => publishers <= 8),
				arbitraryTime,
				(room, fromMs) => {
					const lengthMs = 2 * room.publishers * 4000 + 6000;
					const heard = new Set(turns(room, fromMs, lengthMs).map(({ speaker }) => speaker));
					expect(heard.size).toBe(room.publishers);
				},
			),
			{ numRuns: 10 },
		);
	});

	test("a window is what its instants are", () => {
		fc.assert(
			fc.property(
				arbitraryRoom.filter(({ publishers }) => publishers <= 5),
				arbitraryTime,
				fc.integer({ min: 1, max: 800 }).map((n) => 10 * n),
				(room, fromMs, lengthMs) => {
					const toMs = fromMs + lengthMs;
					for (const publisherIndex of indices(room)) {
						const speaker = { ...room, publisherIndex };
						const states = new Set<boolean>();
						for (let atMs = fromMs; atMs < toMs; atMs += 1)
							states.add(isSpeaking({ ...speaker, atMs }));
						const expected = states.size === 2 ? "mixed" : states.has(true) ? "speaking" : "quiet";
						expect(speakingWindow({ ...speaker, fromMs, toMs })).toBe(expected);
					}
				},
			),
			{ numRuns: 20 },
		);
	});
});

test("rooms and seeds have turns of their own", () => {
	const patterns = [0, 1, 2, 3].flatMap((seed) =>
		[0, 1, 2, 3].map((room) => JSON.stringify(turns({ seed, room, publishers: 4 }, 0, 30_000))),
	);
	expect(new Set(patterns).size).toBe(16);
});

test("who is alone speaks all the time", () => {
	const alone = { seed: 1, room: 0, publisherIndex: 0, publishers: 1 };
	expect(speakingWindow({ ...alone, fromMs: 0, toMs: eightHoursMs })).toBe("speaking");
});
