import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { watchFirstPackets } from "../../../src/engine/native/first-packets.js";
import { inboundAudio, outboundAudio, sessionStats } from "./session-stats.js";

const startMs = 1_000_000;

interface Seen {
	readonly packetsSent?: number;
	readonly tracks?: readonly { readonly packets: number; readonly lastAtMs: number }[];
}

/** Polls happen every 200 ms; `at` says what the stats hold then, undefined when they cannot be read. */
function watch(
	at: (ms: number) => Seen | undefined,
	wants: { wantsSent: boolean; wantsReceived: boolean } = { wantsSent: true, wantsReceived: true },
) {
	const clock = new ManualClock(startMs);
	const stop = new AbortController();
	const stages: [string, number][] = [];
	const polls: number[] = [];
	const ended = watchFirstPackets({
		...wants,
		clock,
		signal: stop.signal,
		stats: async () => {
			const ms = clock.nowMs() - startMs;
			polls.push(ms);
			const seen = at(ms);
			return (
				seen &&
				sessionStats({
					publisher: [outboundAudio({ packetsSent: seen.packetsSent ?? 0 })],
					subscriber: (seen.tracks ?? []).map(({ packets, lastAtMs }, index) =>
						inboundAudio(`TR_${index}`, {
							packetsReceived: packets,
							lastPacketReceivedTimestamp: startMs + lastAtMs,
						}),
					),
				})
			);
		},
		onStage: (stage, atMs) => stages.push([stage, atMs - startMs]),
	});
	return { clock, stop, stages, polls, ended };
}

describe("reckoned back from the counts", () => {
	test("the first own packet left 20 ms a packet ago", async () => {
		const { clock, stages } = watch((ms) => ({ packetsSent: ms < 400 ? 0 : 4 }));
		await clock.advanceTo(startMs + 1000);
		expect(stages).toEqual([["published", 320]]);
	});

	test("the first remote packet came 20 ms a packet before the last one of its track", async () => {
		const tracks = [
			{ packets: 3, lastAtMs: 390 },
			{ packets: 5, lastAtMs: 380 },
		];
		const { clock, stages } = watch((ms) => ({ tracks: ms < 400 ? [] : tracks }));
		await clock.advanceTo(startMs + 1000);
		expect(stages).toEqual([["media", 300]]);
	});

	test("never beyond the poll before, as under DTX, and never in the future", async () => {
		const dtx = watch((ms) => ({
			packetsSent: ms < 400 ? 0 : 100,
			tracks: ms < 400 ? [] : [{ packets: 90, lastAtMs: 395 }],
		}));
		await dtx.clock.advanceTo(startMs + 1000);
		expect(dtx.stages).toEqual([
			["published", 200],
			["media", 200],
		]);
		const ahead = watch(() => ({ tracks: [{ packets: 1, lastAtMs: 500 }] }));
		await ahead.clock.advanceTo(startMs + 1000);
		expect(ahead.stages).toEqual([["media", 200]]);
	});
});

test("both are told once, then it ends", async () => {
	const { clock, stages, polls, ended } = watch((ms) => ({
		packetsSent: 10,
		tracks: ms < 600 ? [] : [{ packets: 1, lastAtMs: 590 }],
	}));
	await clock.advanceTo(startMs + 5000);
	await ended;
	expect(stages.map(([stage]) => stage)).toEqual(["published", "media"]);
	expect([polls, clock.sleeping]).toEqual([[200, 400, 600], 0]);
});

test.each([
	[{ wantsSent: true, wantsReceived: false }, ["published"], 1],
	[{ wantsSent: false, wantsReceived: true }, ["media"], 1],
	[{ wantsSent: false, wantsReceived: false }, [], 0],
])("only what is wanted: %o", async (wants, expected, pollCount) => {
	const seen = { packetsSent: 1, tracks: [{ packets: 1, lastAtMs: 190 }] };
	const { clock, stages, polls } = watch(() => seen, wants);
	await clock.advanceTo(startMs + 1000);
	expect(stages.map(([stage]) => stage)).toEqual(expected);
	expect(polls).toHaveLength(pollCount);
});

test("stats that cannot be read for a while do not end the watch; the bound is the last reading", async () => {
	const { clock, stages } = watch((ms) =>
		ms >= 400 && ms < 800 ? undefined : { packetsSent: ms < 800 ? 0 : 100 },
	);
	await clock.advanceTo(startMs + 1000);
	expect(stages).toEqual([["published", 200]]);
});

test("ends with its signal, without another word", async () => {
	const idle = watch(() => ({}));
	await idle.clock.advanceTo(startMs + 450);
	idle.stop.abort();
	await idle.ended;
	expect([idle.polls, idle.clock.sleeping]).toEqual([[200, 400], 0]);

	const reading = watch(() => {
		reading.stop.abort();
		return { packetsSent: 5 };
	});
	await reading.clock.advanceTo(startMs + 450);
	await reading.ended;
	expect(reading.stages).toEqual([]);
});
