import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { shownMs, tableOf } from "../rig/markdown-table.js";
import { liveKitBinary } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary } from "../rig/result.js";
import { plannedEndMs } from "../rig/run-moments.js";
import {
	activeSeats,
	confirmation,
	readServerLog,
	type ServerLogLine,
	seatOfIdentity,
} from "../rig/server-log.js";

/** `LIVESOAK_BURSTS=20x200`: so many bursts of so many joins at once. */
const [bursts = 3, atOnce = 100] = (process.env.LIVESOAK_BURSTS ?? "3x100").split("x").map(Number);
const inRoom = 4;
const rooms = Math.ceil(atOnce / inRoom);

/** The server's log is behind our own eyes by less than this. */
const settledMs = 1500;

const cli = withCli();
const rows: string[][] = [];
afterAll(() => {
	const heads = "burst, joined, failed, p95 join ms, causes, confirmed by the server";
	process.stdout.write(`\n${tableOf(heads, rows).join("\n")}\n\n`);
});

describe(`${rooms * inRoom} light participants at once`, () => {
	const server = withLoggedServer({});

	test.each(Array.from({ length: bursts }, (_, n) => n + 1))(
		"burst %i: who fails has failed in the server's eyes too, who joins is there",
		async (burst) => {
			const { joined, stayed, failed, log } = await runBurst(server(), `${burst}`);
			const active = activeSeats(log);
			// Who joined at the very end was gone before the server had looked.
			expect(stayed.filter((seat) => !active.has(seat))).toEqual([]);
			const known = new Set([...joined, ...failed.map(({ seat }) => seat)]);
			expect([...active].filter((seat) => !known.has(seat))).toEqual([]);
			for (const { seat, said, confirmed } of failed)
				expect(confirmed, `seat ${seat}: ${said}`).toBeDefined();
			expect(joined.length + failed.length).toBe(rooms * inRoom);
			// Without this a server that refuses all would do.
			expect(joined.length).toBeGreaterThanOrEqual(rooms * inRoom * 0.99);
			// And without this a log that confirms whatever is asked.
			expect(joined.some((seat) => confirmation(seat, log) === undefined)).toBe(true);
		},
	);

	test("nobody is left behind", async () => {
		const { url, apiKey, apiSecret } = server();
		const service = new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
		await vi.waitFor(
			async () => {
				for (const { name } of await service.listRooms())
					expect(await service.listParticipants(name)).toEqual([]);
			},
			{ timeout: 5_000, interval: 200 },
		);
	});
});

describe("where the server lets only three into a room", () => {
	const server = withLoggedServer({ room: { max_participants: inRoom - 1 } });

	test("exactly those fail whom it refused, by its own log", async () => {
		const { joined, failed, log } = await runBurst(server(), "three a room");
		expect(joined).toHaveLength(rooms * (inRoom - 1));
		expect(failed).toHaveLength(rooms);
		const refused = log.filter(({ message }) => message === "could not join room");
		const seats = refused.map(({ participant }) => seatOfIdentity(participant));
		expect(new Set(failed.map(({ seat }) => seat))).toEqual(new Set(seats));
		for (const { said, confirmed } of failed) {
			expect(said).toBe("socket: server-error");
			expect(confirmed).toMatch("room has exceeded its max participants");
		}
	});
});

interface FailedJoin {
	readonly seat: number;
	readonly said: string;
	readonly confirmed: string | undefined;
}

/** One run of its own: a fresh process, fresh rooms, everybody at once. */
async function runBurst({ log, ...running }: LoggedServer, name: string) {
	const logged = log.length;
	const { args, env } = toServer(running);
	const { code, stderr, out } = await cli().runScenario(scenario, args, env);
	expect(code, stderr).toBe(0);
	expectConserved(await readSummary(out));
	const events = await readEvents(out);
	const of = (kind: string) => events.filter((event) => event.kind === kind);
	const lines = log.slice(logged);
	const failed = of("life-failed").map(({ seat, stage, cause }): FailedJoin => {
		const confirmed = confirmation(Number(seat), lines);
		return { seat: Number(seat), said: `${stage}: ${cause}`, confirmed };
	});
	const joins = of("life-joined");
	const endMs = plannedEndMs(events);
	const joinMs = joins.map(({ connectMs }) => Number(connectMs)).sort((a, b) => a - b);
	const p95Ms = joinMs[Math.ceil(joinMs.length * 0.95) - 1];
	const causes = [...new Set(failed.map(({ said }) => said))].join(", ");
	const confirmed = failed.flatMap((each) => each.confirmed ?? []);
	const words = [...new Set(confirmed)].map((each) => ` (${each})`).join("");
	const counts = [`${joins.length}`, `${failed.length}`, shownMs(p95Ms)];
	rows.push([name, ...counts, causes, `${confirmed.length}${words}`]);
	const seatsOf = (some: typeof joins) => some.map(({ seat }) => Number(seat));
	return {
		joined: seatsOf(joins),
		stayed: seatsOf(joins.filter(({ atMs }) => atMs < endMs - settledMs)),
		failed,
		log: lines,
	};
}

const scenario = `
name: burst
rooms: ${rooms}
participants: { publishers: 1, both: 1, subscribers: 2 }
engine: lite
load: [{ ramp: 0s, to: 100% }, { hold: 8s }]
pool: { joinsInFlight: ${rooms * inRoom} }
${lenient}
`;

type LoggedServer = RunningServer & { readonly log: readonly ServerLogLine[] };

function withLoggedServer(overrides: Record<string, unknown>): () => LoggedServer {
	let running: LoggedServer | undefined;
	beforeAll(async () => {
		const log: ServerLogLine[] = [];
		const onLog = (text: string) => {
			const line = readServerLog(text);
			if (line) log.push(line);
		};
		const binary = await liveKitBinary();
		running = { ...(await startLiveKit({ binary, onLog, overrides })), log };
	});
	afterAll(() => running?.stop());
	return () => {
		if (!running) throw new Error("the server is there only while tests run");
		return running;
	};
}
