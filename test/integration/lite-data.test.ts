import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { speechSource } from "../../src/audio/speech.js";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import { type DataStream, largestDataBytes } from "../../src/engine/data/data-stream.js";
import type { Engine, EngineParticipant, JoinOrder, Welcome } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import type { LiteParticipant } from "../../src/engine/lite/lite-participant.js";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import type { DataTotals } from "../../src/sample/data-totals.js";
import { mintToken } from "../../src/token/access-token.js";

const speech = speechSource();
const often: DataStream = { rateHz: 10, bytes: 200, reliable: false };
const names = ["packetsSent", "packetsReceived", "packetsLost", "packetsDuplicated"] as const;

/** Latencies are handed out once: here they are gathered over all readings. */
class Watched {
	readonly latenciesMs: number[] = [];

	constructor(
		readonly participant: EngineParticipant,
		readonly welcome: Welcome | undefined,
	) {}

	async totals(): Promise<DataTotals> {
		const data = (await this.participant.mediaTotals())?.data;
		if (!data) throw new Error("nothing to send or to count");
		this.latenciesMs.push(...data.latenciesMs);
		return data;
	}
}

const ticker = new Ticker(systemClock, 10, () => {});
/** One of each for all: rtc-node, once released, does not start again in its process. */
const engines: Partial<Record<"lite" | "native", Engine>> = {};

beforeAll(async () => {
	const options = { clock: systemClock, ticker, tlsInsecure: false };
	engines.lite = new LiteEngine(options);
	engines.native = await NativeEngine.start(options);
	ticker.start();
});

afterAll(async () => {
	ticker.stop();
	for (const engine of Object.values(engines)) await engine.close();
});

describe.each(["v1.13.5", "v1.9.12"])("data on livekit-server %s", (version) => {
	let server: RunningServer;

	beforeAll(async () => {
		const request = { env: process.env, version, onProgress: () => {} };
		const { path } = await findLiveKitServer(request);
		server = await startLiveKit({ binary: path, version });
	});

	afterAll(async () => {
		await server?.stop();
	});

	async function join(
		room: string,
		identity: string,
		who: { stream?: DataStream; engine?: "lite" | "native"; mayPublishData?: boolean } = {},
	): Promise<Watched> {
		const { stream, engine = "lite", mayPublishData = stream !== undefined } = who;
		const { apiKey, apiSecret, url } = server;
		const grant = { identity, room, canPublish: true, canSubscribe: true, ttlMs: 60_000 };
		const order: JoinOrder = {
			...{ url, identity, iceServers: [], tlsInsecure: false, media: true },
			...{ icePolicy: "direct", mediaZeroAtMs: systemClock.nowMs(), dtx: false, subscribe: 0 },
			...(stream && { publish: speech, data: stream }),
			token: await mintToken({ apiKey, apiSecret, ...grant, canPublishData: mayPublishData }),
			...{ hearsData: true, leaveWithinMs: 5_000, signal: AbortSignal.timeout(100_000) },
		};
		let welcome: Welcome | undefined;
		const participant = await engines[engine]?.join(order, {
			onStage: () => {},
			onWelcome: (told) => {
				welcome = told;
			},
			onReconnecting: () => {},
			onReconnected: () => {},
			onDisconnected: () => {},
		});
		if (!participant) throw new Error(`engine ${engine} was not started`);
		return new Watched(participant, welcome);
	}

	const leave = (all: readonly Watched[]) =>
		Promise.all(all.map(({ participant }) => participant.leave()));

	/** Read between two messages, each sent one has reached each of the listeners: waits for such a moment. */
	async function allCame(senders: readonly Watched[], listeners: readonly Watched[], atLeast = 30) {
		const sum = (all: readonly DataTotals[], name: (typeof names)[number]) =>
			all.reduce((total, one) => total + one[name], 0);
		await vi.waitFor(
			async () => {
				const all = new Set([...senders, ...listeners]);
				const read = new Map(
					await Promise.all([...all].map(async (one) => [one, await one.totals()] as const)),
				);
				const of = (some: readonly Watched[]) => some.flatMap((one) => read.get(one) ?? []);
				const sent = sum(of(senders), "packetsSent");
				expect(sent).toBeGreaterThan(atLeast);
				// Who sends and listens hears all others, not itself.
				const heard = listeners.map((one) => sent - (read.get(one)?.packetsSent ?? 0));
				const expected = heard.reduce((total, n) => total + n, 0);
				expect(sum(of(listeners), "packetsReceived")).toBe(expected);
				expect(sum(of(listeners), "packetsLost")).toBe(0);
				expect(sum(of(listeners), "packetsDuplicated")).toBe(0);
			},
			{ timeout: 30_000, interval: 20 },
		);
	}

	function expectLatencies(listeners: readonly Watched[]) {
		for (const { latenciesMs } of listeners) {
			expect(latenciesMs.length).toBeGreaterThan(10);
			for (const latencyMs of latenciesMs) {
				// On loopback; far below a clock that is off, far above any scheduler.
				expect(latencyMs).toBeGreaterThan(-1);
				expect(latencyMs).toBeLessThan(5_000);
			}
		}
	}

	test.each([true, false])(
		"reliable: %s, each message reaches each listener once",
		async (reliable) => {
			const room = `one-${reliable}-${version}`;
			const listeners = [await join(room, "a"), await join(room, "b")];
			const sender = await join(room, "s", { stream: { ...often, reliable } });
			await allCame([sender], listeners);
			expect(await sender.totals()).toMatchObject({ packetsReceived: 0 });
			expectLatencies(listeners);
			await leave([...listeners, sender]);
		},
	);

	test.each([true, false])(
		"reliable: %s, the largest message there may be comes whole",
		async (reliable) => {
			const room = `large-${reliable}-${version}`;
			const listener = await join(room, "a");
			const stream = { rateHz: 10, bytes: largestDataBytes, reliable };
			const sender = await join(room, "s", { stream });
			await allCame([sender], [listener], 10);
			const { packetsReceived, bytesReceived } = await listener.totals();
			expect(bytesReceived).toBe(packetsReceived * largestDataBytes);
			await leave([listener, sender]);
		},
	);

	test("light and native participants count the same messages", async () => {
		const room = `mixed-${version}`;
		const listeners = [await join(room, "a"), await join(room, "b", { engine: "native" })];
		const light = await join(room, "s", { stream: { ...often, rateHz: 5 } });
		await allCame([light], listeners, 10);
		await leave([light]);
		const native = await join(room, "n", { stream: { ...often, rateHz: 5 }, engine: "native" });
		const before = await Promise.all(listeners.map((one) => one.totals()));
		await vi.waitFor(
			async () => {
				const [sent, ...heard] = await Promise.all(
					[native, ...listeners].map((one) => one.totals()),
				);
				const since = heard.map(
					(one, n) => one.packetsReceived - (before[n]?.packetsReceived ?? 0),
				);
				expect(since).toEqual(listeners.map(() => sent?.packetsSent));
				expect(sent?.packetsSent).toBeGreaterThan(10);
				expect(heard.map(({ packetsLost }) => packetsLost)).toEqual([0, 0]);
			},
			{ timeout: 30_000, interval: 20 },
		);
		expectLatencies(listeners);
		await leave([...listeners, native]);
	});

	test("after a lost session messages flow again, and the totals go on", async () => {
		const room = `restart-${version}`;
		const listener = await join(room, "a");
		const sender = await join(room, "s", { stream: often });
		await allCame([sender], [listener], 5);
		const { packetsSent, packetsReceived } = await sender.totals().then(async (sent) => ({
			packetsSent: sent.packetsSent,
			packetsReceived: (await listener.totals()).packetsReceived,
		}));
		const { signal } = sender.participant as LiteParticipant;
		signal.send.simulate({ case: "nodeFailure", value: true });
		await vi.waitFor(
			async () => {
				expect((await sender.totals()).packetsSent).toBeGreaterThan(packetsSent + 20);
				expect((await listener.totals()).packetsReceived).toBeGreaterThan(packetsReceived + 20);
			},
			{ timeout: 30_000, interval: 100 },
		);
		await leave([listener, sender]);
	});

	test.each(["lite", "native"] as const)(
		"%s is told that its token forbids data",
		async (engine) => {
			const refused = await join(`refused-${engine}-${version}`, "s", {
				...{ stream: often, engine, mayPublishData: false },
			});
			expect(refused.welcome?.mayPublishData).toBe(false);
			const allowed = await join(`refused-${engine}-${version}`, "t", { stream: often, engine });
			expect(allowed.welcome?.mayPublishData).toBe(true);
			await leave([refused, allowed]);
		},
	);
});
