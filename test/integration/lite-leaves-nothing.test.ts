import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { roomsOf } from "../../bench/churn/churn-servers.js";
import { speechSource } from "../../src/audio/speech.js";
import { systemClock } from "../../src/clock/system-clock.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import { restTurn } from "../../src/ice/rest-turn.js";
import { mintToken } from "../../src/token/access-token.js";
import { CountingTicker, heldNow } from "../rig/held.js";
import { requirePart, withCoturn, withLiveKit } from "../rig/real-parts.js";

const ticker = new CountingTicker(systemClock);
const speech = speechSource();
const server = withLiveKit();
let engine: LiteEngine;

beforeAll(() => {
	engine = new LiteEngine({ clock: systemClock, ticker, tlsInsecure: false });
	ticker.start();
});

afterAll(async () => {
	ticker.stop();
	await engine.close();
});

type Wishes = Partial<JoinOrder> & { readonly canSubscribe?: boolean; readonly mute?: boolean };

const deaf: EngineObserver = {
	...{ onStage: () => {}, onWelcome: () => {}, onReconnecting: () => {} },
	...{ onReconnected: () => {}, onDisconnected: () => {} },
};

async function join(
	identity: string,
	{ canSubscribe = true, mute = false, ...wishes }: Wishes = {},
	observer = deaf,
): Promise<EngineParticipant> {
	const { url, apiKey, apiSecret } = server();
	const grant = { room: "home", canPublish: true, canSubscribe, canPublishData: true };
	const token = await mintToken({ apiKey, apiSecret, identity, ...grant, ttlMs: 60_000 });
	return engine.join(
		{
			...{ url, token, identity, icePolicy: "direct", iceServers: [], tlsInsecure: false },
			...{ media: true, mediaZeroAtMs: systemClock.nowMs(), dtx: false, subscribe: "all" },
			...{ leaveWithinMs: 5_000, signal: AbortSignal.timeout(60_000) },
			...(mute ? {} : { publish: speech }),
			...wishes,
		},
		observer,
	);
}

/** Three come, hear each other, and go. */
async function visit(wishes: Wishes = {}): Promise<void> {
	const visitors = await Promise.all(["a", "b", "c"].map((name) => join(name, wishes)));
	await vi.waitFor(
		async () => {
			for (const visitor of visitors) {
				const tracks = (await visitor.mediaTotals())?.inbound ?? [];
				expect(tracks.filter(({ packetsReceived }) => packetsReceived > 5)).toHaveLength(2);
			}
		},
		{ timeout: 20_000, interval: 50 },
	);
	await Promise.all(visitors.map((visitor) => visitor.leave()));
}

/** Everybody is gone from the server, and what this process holds has come to rest. */
async function settled() {
	await vi.waitFor(
		async () => {
			const rooms = await roomsOf(server());
			expect([...rooms.values()].flat()).toEqual([]);
		},
		{ timeout: 10_000, interval: 100 },
	);
	let last: Readonly<Record<string, number>> = {};
	return vi.waitFor(
		() => {
			const [before, now] = [last, held()];
			last = now;
			expect(now).toEqual(before);
			return now;
		},
		{ timeout: 20_000, interval: 1_500 },
	);
}

function held(): Readonly<Record<string, number>> {
	const { handles, ...rest } = heldNow();
	return { ...handles, ...rest, tasks: ticker.tasks };
}

/** Whatever the first lot of visits opened for good, the next ones must not add to it. */
async function expectNothingLeft(visits: () => Promise<void>): Promise<void> {
	await visits();
	const before = await settled();
	for (let round = 0; round < 4; round++) await visits();
	await vi.waitFor(
		() => {
			const more = Object.entries(held()).filter(([name, count]) => count > (before[name] ?? 0));
			expect(more).toEqual([]);
		},
		{ timeout: 15_000, interval: 100 },
	);
}

test("of those who came, heard each other and went, nothing is left in the process or on the server", async () => {
	await expectNothingLeft(() => visit());
});

test("nor of those who used the data channel", async () => {
	const data = { rateHz: 20, bytes: 100, reliable: true };
	await expectNothingLeft(() => visit({ data, hearsData: true }));
});

test("nor of one who may not subscribe and publishes nothing", async () => {
	await expectNothingLeft(async () => {
		const visitor = await join("mute", { mute: true, canSubscribe: false, subscribe: 0 });
		await visitor.leave();
	});
});

test.each(["socket", "joined", "gathered", "ice", "dtls", "published"] as const)(
	"nor of joins that were interrupted at the stage %s",
	async (stage) => {
		await expectNothingLeft(async () => {
			for (let n = 0; n < 3; n++) {
				const interrupt = new AbortController();
				const onStage: EngineObserver["onStage"] = (reached) =>
					reached === stage && interrupt.abort();
				const joining = join("guest", { signal: interrupt.signal }, { ...deaf, onStage });
				// One who was let in all the same goes as any other.
				await joining.then((guest) => guest.leave()).catch(() => {});
			}
		});
	},
);

requirePart("coturn")("through a relay", () => {
	const turn = withCoturn();

	test.each(["relay-udp", "relay-tcp"] as const)("%s: nor there", async (icePolicy) => {
		const { uris, secret } = turn();
		const urls = Object.values(uris);
		const nowMs = () => systemClock.nowMs();
		const source = restTurn({ uris: urls, secret, ttlMs: 60_000, nowMs });
		await expectNothingLeft(async () =>
			visit({ icePolicy, iceServers: await source.serversFor(icePolicy, 0) }),
		);
	});
});
