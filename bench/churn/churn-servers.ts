import { setTimeout as sleep } from "node:timers/promises";
import { RoomServiceClient } from "livekit-server-sdk";
import { request } from "undici";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import type { IcePolicy } from "../../src/ice/policy.js";
import { isRelayPolicy } from "../../src/ice/policy-servers.js";
import { makeTestCa } from "../../test/rig/test-ca.js";
import type { BenchContext } from "../context.js";
import type { ChurnTarget } from "./churn-run.js";

/** A room ends a few seconds after the last of its participants. */
const roomsEndWithinMs = 30_000;

/** What there is on the server. */
export interface ServerState {
	/** Of all rooms. */
	readonly participants: readonly string[];
	readonly rooms: number;
	/** Go's threads: a peer connection or session that was not ended keeps some. */
	readonly goroutines: number;
}

/** The servers of a churn, alone on loopback. */
export interface ChurnServers {
	readonly version: string;
	readonly target: Pick<ChurnTarget, "args" | "env" | "beside">;
	state(): Promise<ServerState>;
	/** Waits until its rooms have ended, for a while. @returns what there is then */
	stateAfter(): Promise<ServerState>;
	stop(): Promise<void>;
}

/** livekit-server, and coturn where the ICE policy is a relay. */
export async function startChurnServers(
	ice: IcePolicy,
	{ env, say: onProgress, signal }: Pick<BenchContext, "env" | "say" | "signal">,
): Promise<ChurnServers> {
	const endings: (() => Promise<void>)[] = [];
	const stop = async () => {
		for (const end of endings.splice(0).reverse()) await end();
	};
	try {
		const { path } = await findLiveKitServer({ env, onProgress, signal });
		const server = await startLiveKit({ binary: path, signal });
		endings.push(() => server.stop());
		const relay = isRelayPolicy(ice) ? await startRelay(ice, env, endings) : undefined;
		const { PATH, HOME, TMPDIR } = env;
		return {
			version: server.version,
			target: {
				args: ["--url", server.url, ...(relay?.args ?? [])],
				env: {
					...{ PATH, HOME, ...(TMPDIR && { TMPDIR }) },
					...{ LIVEKIT_API_KEY: server.apiKey, LIVEKIT_API_SECRET: server.apiSecret },
					...(relay && { LIVESOAK_TURN_SECRET: relay.secret }),
				},
				beside: new Map([
					["livekit-server", server.pid],
					...(relay ? [["coturn", relay.pid] as const] : []),
				]),
			},
			state: () => stateOf(server),
			stateAfter: () => stateAfter(server),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

async function startRelay(
	ice: IcePolicy,
	env: NodeJS.ProcessEnv,
	endings: (() => Promise<void>)[],
): Promise<{ args: string[]; secret: string; pid: number }> {
	const ca = ice === "relay-tls" ? await makeTestCa() : undefined;
	if (ca) endings.push(() => ca.remove());
	const turn = await startCoturn({
		binary: await findCoturn(env),
		...(ca && { tls: ca.server }),
	});
	endings.push(() => turn.stop());
	const flags = Object.values(turn.uris).flatMap((uri) => ["--turn", uri]);
	const { secret, pid } = turn;
	return { args: [...flags, ...(ca ? ["--turn-ca", ca.caFile] : [])], secret, pid };
}

async function stateAfter(server: RunningServer): Promise<ServerState> {
	const untilMs = Date.now() + roomsEndWithinMs;
	for (;;) {
		const state = await stateOf(server);
		if (state.rooms === 0 || Date.now() > untilMs) return state;
		await sleep(500);
	}
}

async function stateOf(server: RunningServer): Promise<ServerState> {
	const { body } = await request(server.metricsUrl);
	const goroutines = Number(/^go_goroutines (\d+)$/m.exec(await body.text())?.[1]);
	const rooms = await roomsOf(server);
	return { participants: [...rooms.values()].flat(), rooms: rooms.size, goroutines };
}

/** Who is in which room, as the server says. */
export async function roomsOf({
	url,
	apiKey,
	apiSecret,
}: Pick<RunningServer, "url" | "apiKey" | "apiSecret">): Promise<Map<string, string[]>> {
	const client = new RoomServiceClient(url.replace(/^ws/, "http"), apiKey, apiSecret);
	const names = (await client.listRooms()).map(({ name }) => name);
	const inRooms = names.map(async (name) => {
		const participants = await client.listParticipants(name);
		return [name, participants.map(({ identity }) => identity)] as const;
	});
	return new Map(await Promise.all(inRooms));
}
