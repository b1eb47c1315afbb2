import { expect, vi } from "vitest";
import { type CliRun, lenient } from "./cli.js";
import type { Fleet } from "./fleet.js";
import { type EventLine, readEvents, readSeconds } from "./result.js";
import { type ServerLogLine, seatOfIdentity } from "./server-log.js";

/** A scenario of twelve light participants in three rooms, for faults of those who lead it. */
export const twelveOf = (hold: string, more = "") => `
name: fleet-coordinator-faults
rooms: 3
participants: { both: 4 }
engine: lite
audio: { source: tone }
load: [{ ramp: 1s, to: 100% }, { hold: ${hold} }]
thresholds: { connect.media: ["failed < 20%"] }
${more}
${lenient}
`;

/** Resolves when so many are in their rooms, by the run's own timeline, for two seconds. */
export async function fullHouse(run: CliRun, alive: number): Promise<void> {
	const full = vi.waitFor(
		async () => {
			const lines = (await readSeconds(run.out)).filter((second) => second.alive === alive);
			expect(lines.length).toBeGreaterThanOrEqual(2);
		},
		{ timeout: 60_000, interval: 100 },
	);
	await Promise.race([full, tooSoon(run)]);
}

/** Resolves when events.jsonl has so many events of a kind. */
export async function eventsOf(run: CliRun, kind: string, count: number): Promise<EventLine[]> {
	const enough = vi.waitFor(
		async () => {
			const events = (await readEvents(run.out)).filter((event) => event.kind === kind);
			expect(events).toHaveLength(count);
			return events;
		},
		{ timeout: 40_000, interval: 100 },
	);
	return Promise.race([enough, tooSoon(run)]);
}

/** What events.jsonl says of each time that the run went on after a kill. */
export async function resumedEvents({ out }: CliRun): Promise<EventLine[]> {
	return (await readEvents(out)).filter(({ kind }) => kind === "run-resumed");
}

/** Who was active in a room by the server's log, `seat-life`, each time it says so. @param from lines before it are of others */
export function activeIdentities({ log }: Pick<Fleet, "log">, from = 0): string[] {
	return log
		.slice(from)
		.filter(({ message }) => message === "participant active")
		.map(({ participant }) => /-p(\d+-\d+)$/.exec(participant)?.[1] ?? participant)
		.sort();
}

/** Who joined by events.jsonl, `seat-life`. */
export async function joinedIdentities(run: CliRun): Promise<string[]> {
	const joined = (await readEvents(run.out)).filter(({ kind }) => kind === "life-joined");
	return joined.map(({ seat, life }) => `${seat}-${life}`).sort();
}

/** Packets that the server has got since it runs, once no more come. */
export async function allPackets(fleet: Pick<Fleet, "packetsIn">): Promise<number> {
	let last = Number.NaN;
	await vi.waitFor(
		async () => {
			const before = last;
			last = await fleet.packetsIn();
			expect(last).toBe(before);
		},
		{ timeout: 40_000, interval: 1_500 },
	);
	return last;
}

/** Seats on which somebody came after another one: who had left `before`, and where the server knew nothing of it. */
export function takenOverSeats(log: readonly ServerLogLine[]): {
	readonly before: number[];
	readonly without: number[];
} {
	const inRoom = new Map<number, string>();
	const seen = new Set<number>();
	const before: number[] = [];
	const without: number[] = [];
	for (const { message, participant } of log) {
		const seat = seatOfIdentity(participant);
		if (message === "participant active") {
			if (inRoom.has(seat)) without.push(seat);
			else if (seen.has(seat)) before.push(seat);
			seen.add(seat);
			inRoom.set(seat, participant);
		} else if (message === "participant closing" && inRoom.get(seat) === participant)
			inRoom.delete(seat);
	}
	return { before, without };
}

async function tooSoon({ ended }: CliRun): Promise<never> {
	const { stderr } = await ended;
	throw new Error(`the run has ended:\n${stderr}`);
}
