import { startInMs } from "../../src/pool/supervisor.js";
import { type EventLine, readEvents } from "./result.js";
import type { RtpStream } from "./rtp-stream.js";

/** @throws Error while somebody has not joined */
export async function allJoined(out: string): Promise<EventLine[]> {
	const events = await readEvents(out);
	const planned = events.find(({ kind }) => kind === "run-started")?.participants;
	const joined = events.filter(({ kind }) => kind === "life-joined").length;
	if (joined !== planned) throw new Error(`${joined} of ${planned} have joined`);
	return events;
}

/** When the plan of a run ends (epoch ms). @throws Error before the run has started */
export function plannedEndMs(events: readonly EventLine[]): number {
	const started = events.find(({ kind }) => kind === "run-started");
	if (!started) throw new Error("the run has not started");
	return started.atMs + startInMs + Number(started.durationMs);
}

/**
 * The jitter of each stream at the moments at which the one subscriber read its totals: each second after it
 * had joined, and at the end. A second without a packet is no reading.
 * @param seat of the subscriber
 */
export function jitterReadings(
	events: readonly EventLine[],
	streams: readonly RtpStream[],
	seat: number,
): number[] {
	const endMs = plannedEndMs(events);
	const joined = events.find((event) => event.kind === "life-joined" && event.seat === seat);
	const moments: number[] = [];
	for (let atMs = (joined?.atMs ?? Number.NaN) + 1000; atMs < endMs; atMs += 1000)
		moments.push(atMs);
	moments.push(endMs);
	return streams.flatMap(({ packets, jitters }) => {
		let counted = 0;
		return moments.flatMap((atMs) => {
			const before = packets.filter((packet) => packet.atMs <= atMs).length;
			if (before === counted) return [];
			counted = before;
			return jitters[before - 1] ?? [];
		});
	});
}
