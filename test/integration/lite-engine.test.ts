import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { speechSource } from "../../src/audio/speech.js";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import type { EngineParticipant, JoinOrder } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import type { LiteParticipant } from "../../src/engine/lite/lite-participant.js";
import { type ConnectStage, connectStages } from "../../src/sample/stage.js";
import { mintToken } from "../../src/token/access-token.js";

const ticker = new Ticker(systemClock, 10, () => {});
const speech = speechSource();

describe.each(["v1.13.5", "v1.9.12"])("against livekit-server %s", (version) => {
	let server: RunningServer;
	let engine: LiteEngine;

	beforeAll(async () => {
		const request = { env: process.env, version, onProgress: () => {} };
		const { path } = await findLiveKitServer(request);
		server = await startLiveKit({ binary: path, version });
		engine = new LiteEngine({ clock: systemClock, ticker, tlsInsecure: false });
		ticker.start();
	});

	afterAll(async () => {
		ticker.stop();
		await engine?.close();
		await server?.stop();
	});

	/** Joins a room; what was told comes with the participant. */
	async function join(room: string, identity: string, subscribe: "all" | number = "all") {
		const told = { stages: [] as ConnectStage[], reconnects: [] as string[] };
		const { apiKey, apiSecret, url } = server;
		const grant = { identity, room, canPublish: true, canSubscribe: true, ttlMs: 60_000 };
		const order: JoinOrder = {
			...{ url, identity, iceServers: [], tlsInsecure: false, media: true },
			icePolicy: "direct",
			...{ publish: speech, mediaZeroAtMs: systemClock.nowMs(), dtx: false, subscribe },
			token: await mintToken({ apiKey, apiSecret, ...grant }),
			leaveWithinMs: 5_000,
			signal: AbortSignal.timeout(60_000),
		};
		const participant = await engine.join(order, {
			onStage: (stage) => told.stages.push(stage),
			onWelcome: () => {},
			onReconnecting: (_atMs, how) => told.reconnects.push(how),
			onReconnected: () => told.reconnects.push("back"),
			onDisconnected: (_atMs, { detail }) => told.reconnects.push(detail),
		});
		return { participant, told };
	}

	async function received(participant: EngineParticipant): Promise<number[]> {
		const totals = await participant.mediaTotals();
		return (totals?.inbound ?? []).map(({ packetsReceived }) => packetsReceived);
	}

	const flows = (participant: EngineParticipant, tracks: number, packets: number) =>
		vi.waitFor(
			async () => {
				const counts = await received(participant);
				expect(counts.length).toBe(tracks);
				expect(Math.min(...counts)).toBeGreaterThan(packets);
			},
			{ timeout: 20_000, interval: 100 },
		);

	test("three hear each other whole, in order of the stages, and leave nothing on the server", async () => {
		const room = `hear-${version}`;
		const all = await Promise.all(["a", "b", "c"].map((identity) => join(room, identity)));
		for (const { participant } of all) await flows(participant, 2, 50);
		for (const { participant, told } of all) {
			const totals = await participant.mediaTotals();
			expect(totals?.packetsSent).toBeGreaterThan(50);
			expect(totals?.inbound.map(({ packetsLost }) => packetsLost)).toEqual([0, 0]);
			const publishers = totals?.inbound.map(({ publisherIdentity }) => publisherIdentity);
			expect(new Set(publishers).size).toBe(2);
			const seen = connectStages.filter((stage) => stage !== "heard");
			expect(new Set(told.stages)).toEqual(new Set(seen));
			for (const stage of ["ice", "dtls"] as const) {
				for (const peer of ["publisher", "subscriber"] as const) {
					const own = told.stages.indexOf(`${stage}.${peer}`);
					expect(own).toBeLessThan(told.stages.indexOf(stage));
				}
			}
			expect(await participant.candidatePairs()).toMatchObject([
				{ peer: "publisher", local: "host", protocol: "udp" },
				{ peer: "subscriber", local: "host", protocol: "udp" },
			]);
		}
		for (const { participant } of all) await participant.leave();
		const { url, apiKey, apiSecret } = server;
		const rooms = new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
		await vi.waitFor(async () => expect(await rooms.listParticipants(room)).toEqual([]));
	});

	test("somebody who goes takes the track along, and the next one comes on its media section", async () => {
		const room = `turnover-${version}`;
		const stays = await join(room, "stays");
		for (const identity of ["first", "second", "third"]) {
			const { participant } = await join(room, identity);
			await flows(stays.participant, 1, 20);
			await participant.leave();
			await vi.waitFor(async () => expect(await received(stays.participant)).toEqual([]), 10_000);
		}
		await stays.participant.leave();
	});

	test("subscribe: 1 hears one of two", async () => {
		const room = `one-${version}`;
		const two = await Promise.all(["x", "y"].map((identity) => join(room, identity)));
		const { participant } = await join(room, "choosy", 1);
		await flows(participant, 1, 20);
		for (const each of [...two.map((one) => one.participant), participant]) await each.leave();
	});

	test("a lost session begins anew, both ways, and says so", async () => {
		const room = `restart-${version}`;
		const [a, b] = await Promise.all([join(room, "a"), join(room, "b")]);
		await flows(a.participant, 1, 20);
		await flows(b.participant, 1, 20);
		const { signal } = a.participant as LiteParticipant;
		signal.send.simulate({ case: "nodeFailure", value: true });
		await vi.waitFor(() => expect(a.told.reconnects.at(-1)).toBe("back"), 20_000);
		expect(a.told.reconnects).toContain("restart");
		await flows(a.participant, 1, 60);
		await flows(b.participant, 1, 60);
		expect(b.told.reconnects).toEqual([]);
		await Promise.all([a.participant.leave(), b.participant.leave()]);
	});

	test("a burst of 40 joins at once has no false failure", async () => {
		const joins = Array.from({ length: 40 }, (_, n) =>
			join(`burst-${version}-${n % 8}`, `b${n}`, 0),
		);
		const outcomes = await Promise.allSettled(joins);
		expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
		const joined = await Promise.all(joins);
		await Promise.all(joined.map(({ participant }) => participant.leave()));
	});
});
