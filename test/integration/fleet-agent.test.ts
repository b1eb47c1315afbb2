import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Aggregates } from "../../src/aggregate/aggregates.js";
import type { FromAgent, FromAgentKind } from "../../src/fleet/from-agent.js";
import type { CoordinatorLink } from "../../src/fleet/link.js";
import type { Offer } from "../../src/fleet/offer.js";
import { mintToken } from "../../src/token/access-token.js";
import { type CliRun, leftBehind, withCli } from "../rig/cli.js";
import { type CuttableProxy, startCuttableProxy } from "../rig/cuttable-proxy.js";
import { linksTo } from "../rig/fleet-link.js";
import { isRunning } from "../rig/gone.js";
import { requirePart, withLiveKit } from "../rig/real-parts.js";
import { type RedisServer, startRedis } from "../rig/redis-server.js";

const scenario = `
name: fleet
engine: lite
participants: { publishers: 2, subscribers: 2 }
load: [{ ramp: 500ms, to: 100% }, { hold: 10m }]
pool: { workers: 2 }
`;
const leaseMs = 4_000;

requirePart("redis")("an agent on a real Redis and a real server", () => {
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

	test("a run from the offer to the release, then Ctrl-C: all is measured, nothing is left", async () => {
		const { agent, send, reports, heard, end, link, offer } = await leading("whole");
		expect(offer).toMatchObject({ name: "whole", cores: expect.any(Number), labels: {} });
		await until(
			() => sums(reports()).counter("packets", { direction: "received" }) > 50,
			agent.stderr,
		);
		await send({ kind: "stop", run: "whole" });
		await until(() => reports().at(-1)?.isLast === true, agent.stderr);
		expect([count(reports(), "begun"), count(reports(), "left")]).toEqual([4, 4]);
		expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 1));
		await send({ kind: "release", run: "whole" });
		await until(async () => (await offered(link, "whole", agent)).run === undefined, agent.stderr);
		await end();
		agent.kill("SIGINT");
		const done = await agent.ended;
		expect(done.code).toBe(0);
		expect(leftBehind(done)).toEqual([]);
		expect(done.stdout).toMatch(
			/^agent whole \(whole-[0-9a-f]{8}\) is ready at redis:\/\/127.0.0.1:\d+/,
		);
		expect(done.stdout).toContain("run whole is over");
		expect(done.stdout + done.stderr).not.toContain(server().apiSecret);
		expect(await link.offers()).toEqual([]);
	});

	test("Ctrl-C in a run: its participants leave, its last report is sent, 130", async () => {
		const { agent, reports, end, workers } = await leading("left");
		const pids = workers();
		expect(pids).toHaveLength(2);
		agent.kill("SIGINT");
		const done = await agent.ended;
		expect(done.code).toBe(130);
		expect(pids.filter(isRunning)).toEqual([]);
		await until(
			() => reports().at(-1)?.isLast === true,
			() => done.stderr,
		);
		expect(count(reports(), "left")).toBe(4);
		await end();
	});

	test("its coordinator is gone: everybody is lost after the lease, all is told, it is free again", async () => {
		const { agent, reports, abandon, end, link, workers } = await leading("gone");
		const pids = workers();
		await abandon();
		await until(() => reports().at(-1)?.isLast === true, agent.stdout);
		expect(causes(reports())).toEqual(Array(4).fill("agent-lost"));
		expect(pids.filter(isRunning)).toEqual([]);
		await until(async () => (await offered(link, "gone", agent)).run === undefined, agent.stdout);
		agent.kill("SIGINT");
		expect((await agent.ended).code).toBe(0);
		await end();
	});

	test("cut off from Redis for longer than the lease: what it measured comes when the way is back, once", async () => {
		const { agent, reports, end, heard, workers } = await leading("cut", ["--once"]);
		const pids = workers();
		proxy.cut("silent");
		await until(() => pids.every((pid) => !isRunning(pid)), agent.stdout);
		expect(reports().at(-1)?.isLast).toBe(false);
		proxy.mend();
		await until(() => reports().at(-1)?.isLast === true, agent.stdout);
		expect(causes(reports())).toEqual(Array(4).fill("agent-lost"));
		expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 1));
		// One run was what it was to live, and that one was lost.
		expect((await agent.ended).code).toBe(1);
		await end();
	});

	test("an agent that stands still: its workers end their participants by themselves, and tell of it later", async () => {
		const { agent, reports, end, workers } = await leading("still");
		const pids = workers();
		agent.kill("SIGSTOP");
		await until(() => pids.every((pid) => !isRunning(pid)), agent.stdout);
		agent.kill("SIGCONT");
		await until(() => reports().at(-1)?.isLast === true, agent.stdout);
		expect(causes(reports())).toEqual(Array(4).fill("agent-lost"));
		agent.kill("SIGINT");
		await agent.ended;
		await end();
	});

	test("an agent that is killed takes its workers along", async () => {
		const { agent, end, workers } = await leading("killed");
		const pids = workers();
		agent.kill("SIGKILL");
		await until(() => pids.every((pid) => !isRunning(pid)), agent.stdout);
		await end();
	});

	test("an order of a stranger: nothing is started, and the agent says why", async () => {
		const link = await links.coordinator("stranger");
		const agent = cli().start(["agent", "--redis", redis.url, "--name", "wary"]);
		const { agent: id, livesoakVersion } = await offered(link, "wary", agent);
		const heard: FromAgent[] = [];
		link.onMessage(
			(_agent, message) => void heard.push(message),
			() => {},
		);
		await link.pulse({ run: "stranger", atMs: Date.now(), heard: {} });
		await link.send(id, { kind: "reserve", run: "stranger", livesoakVersion });
		await link.send(id, {
			...{ kind: "prepare", run: "stranger", shard: 0, runTag: "x", url: "wss://livekit.example" },
			...{ scenario, seats: [0], fromMs: 0, leaseMs },
		});
		await until(() => heard.some(({ kind }) => kind === "failed"), agent.stdout);
		expect(heard.at(-1)).toMatchObject({
			message: "wss://livekit.example is not on this agent's list.",
		});
		agent.kill("SIGTERM");
		const done = await agent.ended;
		expect(done.descendants).toEqual([]);
		await link.forget();
	});
});

async function offered(link: CoordinatorLink, name: string, agent: CliRun): Promise<Offer> {
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

function count(all: readonly FromAgentKind<"report">[], kind: string): number {
	return all.flatMap(({ lives }) => lives).filter(({ sample }) => sample.kind === kind).length;
}

function causes(all: readonly FromAgentKind<"report">[]): string[] {
	return all.flatMap(({ lives }) =>
		lives.flatMap(({ sample }) => (sample.kind === "lost" ? [sample.cause] : [])),
	);
}

function sums(all: readonly FromAgentKind<"report">[]): Aggregates {
	const sum = new Aggregates();
	for (const { aggregates } of all) sum.merge(aggregates);
	return sum;
}

/** @param story what happened instead */
function until(is: () => boolean | Promise<boolean>, story: () => string): Promise<void> {
	return vi.waitFor(async () => expect(await is(), story()).toBe(true), {
		timeout: 30_000,
		interval: 100,
	});
}
