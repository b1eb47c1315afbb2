import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import type { JoinOrder } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import { mintToken } from "../../src/token/access-token.js";
import { liveKitBinary } from "../rig/real-parts.js";

const ticker = new Ticker(systemClock, 10, () => {});
let server: RunningServer;
let engine: LiteEngine;

beforeAll(async () => {
	// Without a `node_ip` it asks its STUN servers itself, and for as long as none answers holds candidates back.
	const rtc = { node_ip: null, stun_servers: ["127.0.0.1:9"] };
	server = await startLiveKit({ binary: await liveKitBinary(), overrides: { rtc } });
	engine = new LiteEngine({ clock: systemClock, ticker, tlsInsecure: false });
	ticker.start();
});

afterAll(async () => {
	ticker.stop();
	await engine?.close();
	await server?.stop();
});

const ignored = () => {};
const observer = {
	...{ onStage: ignored, onWelcome: ignored, onDisconnected: ignored },
	...{ onReconnecting: ignored, onReconnected: ignored },
};

test("who joins a server whose STUN server is silent gets a pair, if late", async () => {
	const { apiKey, apiSecret, url } = server;
	const joins = Array.from({ length: 16 }, async (_, number) => {
		const identity = `listener-${number}`;
		const grant = { identity, room: "silent-stun", canPublish: false, canSubscribe: true };
		const order: JoinOrder = {
			...{ url, identity, iceServers: [], tlsInsecure: false, media: true },
			icePolicy: "direct",
			...{ mediaZeroAtMs: 0, dtx: false, subscribe: "all" },
			token: await mintToken({ apiKey, apiSecret, ...grant, ttlMs: 60_000 }),
			...{ leaveWithinMs: 5_000, signal: AbortSignal.timeout(14_000) },
		};
		return engine.join(order, observer);
	});
	const joined = await Promise.allSettled(joins);
	expect(joined.flatMap((join) => (join.status === "rejected" ? [`${join.reason}`] : []))).toEqual(
		[],
	);
	await Promise.all(joined.map((join) => join.status === "fulfilled" && join.value.leave()));
});
