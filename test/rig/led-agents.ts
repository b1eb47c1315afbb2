import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { Aggregates } from "../../src/aggregate/aggregates.js";
import type { FromAgent, FromAgentKind } from "../../src/fleet/from-agent.js";
import type { CoordinatorLink } from "../../src/fleet/link.js";
import type { Offer } from "../../src/fleet/offer.js";
import { mintToken } from "../../src/token/access-token.js";
import { type CliRun, withCli } from "./cli.js";
import { type CuttableProxy, startCuttableProxy } from "./cuttable-proxy.js";
import { linksTo } from "./fleet-link.js";
import { withLiveKit } from "./real-parts.js";
import { type RedisServer, startRedis } from "./redis-server.js";

export const scenario = `
name: fleet
engine: lite
participants: { publishers: 2, subscribers: 2 }
load: [{ ramp: 500ms, to: 100% }, { hold: 10m }]
pool: { workers: 2 }
`;
export const leaseMs = 4_000;

/** Redis, a server and the built command, for the tests of this file or group. */
export function withLedAgents() {
	const cli = withCli();
	const server = withLiveKit();
	let redis: RedisServer;
	let proxy: CuttableProxy;
	let links: ReturnType<typeof linksTo>;
	beforeAll(async () => {
		redis = await startRedis();
		proxy = await startCuttableProxy(redis.port);
		links = linksTo(redis.url);
	});
	afterAll(async () => {
		await links.closeAll();
		await proxy.close();
		await redis.stop();
	});

	/** An agent that lives four participants, led by a coordinator that the test can stop. */
	async function leading(run: string, agentFlags: readonly string[] = []) {
		const url = `redis://127.0.0.1:${proxy.port}`;
		const agent = cli().start(["agent", "--redis", url, "--name", run, ...agentFlags]);
		const link = await links.coordinator(run);
		const offer = await offered(link, run, agent);
		const heard: FromAgent[] = [];
		link.onMessage(
			(_agent, message) => void heard.push(message),
			(_agent, problem) => {
				throw new Error(problem);
			},
		);
		const send = (order: Parameters<CoordinatorLink["send"]>[1]) => link.send(offer.agent, order);
		let isLeading = true;
		const pulsing = (async () => {
			while (isLeading) {
				const seq = Math.max(0, ...heard.map((message) => message.seq));
				const atMs = Date.now() + link.clock.offsetMs;
				await link.pulse({ run, atMs, heard: { [offer.agent]: seq } }).catch(() => {});
				await setTimeout(500);
			}
		})();
		await send({ kind: "reserve", run, livesoakVersion: offer.livesoakVersion });
		await send({
			...{ kind: "prepare", run, shard: 0, scenario, runTag: run, url: server().url },
			...{ seats: [0, 1, 2, 3], fromMs: 0, leaseMs },
		});
		const tokens = Object.fromEntries(
			await Promise.all(
				[0, 1, 2, 3].map(async (seat) => {
					const identity = `${run}-p${seat}-0`;
					const { apiKey, apiSecret } = server();
					const grants = { room: `${run}-r0`, canPublish: seat < 2, canSubscribe: seat >= 2 };
					const order = { apiKey, apiSecret, identity, ...grants, ttlMs: 60_000 };
					return [identity, { token: await mintToken(order) }] as const;
				}),
			),
		);
		await send({ kind: "tokens", run, shard: 0, tokens, refused: {} });
		await until(
			() => heard.some(({ kind }) => kind === "ready"),
			() => agent.stderr(),
		);
		const startAtMs = Date.now() + link.clock.offsetMs + 1_000;
		await send({ kind: "start", run, shard: 0, startAtMs });
		const all = () => reports(heard);
		await until(
			() => count(all(), "joined") === 4,
			() => JSON.stringify(heard.slice(-2)),
		);
		return {
			...{ agent, link, heard, send, reports: all, offer },
			workers: () =>
				all()
					.at(-1)
					?.workers.map(({ pid }) => pid) ?? [],
			async abandon() {
				isLeading = false;
				await pulsing;
			},
			async end() {
				isLeading = false;
				await pulsing;
				await link.forget();
			},
		};
	}

	return {
		...{ cli, server, leading },
		redis: () => redis,
		/** Between the agents and Redis. */
		proxy: () => proxy,
		links: () => links,
	};
}

/** The offer of this name, once it is made. */
export async function offered(link: CoordinatorLink, name: string, agent: CliRun): Promise<Offer> {
	let found: Offer | undefined;
	await until(
		async () => {
			found = (await link.offers()).find((offer) => offer.name === name);
			return found !== undefined;
		},
		() => agent.stdout() + agent.stderr(),
	);
	if (!found) throw new Error("not offered");
	return found;
}

function reports(messages: readonly FromAgent[]): FromAgentKind<"report">[] {
	return messages.filter(
		(message): message is FromAgentKind<"report"> => message.kind === "report",
	);
}

/** Turns of lives of one kind. */
export function count(all: readonly FromAgentKind<"report">[], kind: string): number {
	return all.flatMap(({ lives }) => lives).filter(({ sample }) => sample.kind === kind).length;
}

/** Why participants were lost, one by one. */
export function causes(all: readonly FromAgentKind<"report">[]): string[] {
	return all.flatMap(({ lives }) =>
		lives.flatMap(({ sample }) => (sample.kind === "lost" ? [sample.cause] : [])),
	);
}

/** All that was measured. */
export function sums(all: readonly FromAgentKind<"report">[]): Aggregates {
	const sum = new Aggregates();
	for (const { aggregates } of all) sum.merge(aggregates);
	return sum;
}

/** @param story what happened instead */
export function until(is: () => boolean | Promise<boolean>, story: () => string): Promise<void> {
	return vi.waitFor(async () => expect(await is(), story()).toBe(true), {
		timeout: 30_000,
		interval: 100,
	});
}
