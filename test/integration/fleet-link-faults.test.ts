import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "bullmq";
import { afterEach, expect, test, vi } from "vitest";
import type { CoordinatorLink } from "../../src/fleet/link.js";
import { startCuttableProxy } from "../rig/cuttable-proxy.js";
import { addressOf, leastRights, linksTo, refusals, reportOf } from "../rig/fleet-link.js";
import { requirePart } from "../rig/real-parts.js";
import { type RedisServer, type RedisServerOptions, startRedis } from "../rig/redis-server.js";
import { sendSteadily } from "../rig/steady-sender.js";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	// Each, also after one that fails: no Redis is left behind.
	const failures: unknown[] = [];
	for (const end of ends.splice(0).reverse())
		await end().catch((error: unknown) => failures.push(error));
	if (failures.length > 0) throw failures[0];
});

/** All runs with the least rights. */
const password = "not-so-secret";
const as = (url: string) => url.replace("://", "://livesoak@");

async function started(
	options?: RedisServerOptions,
): Promise<{ redis: RedisServer; links: ReturnType<typeof linksTo> }> {
	const users = { livesoak: await leastRights(password) };
	const redis = await startRedis({ ...options, users });
	const links = linksTo(as(redis.url), password);
	ends.push(() => redis.stop());
	ends.push(async () => expect(await refusals(redis)).toBe(""));
	ends.push(links.closeAll);
	return { redis, links };
}

/** Takes messages as a coordinator does, and pulses what it has heard. */
function listen(link: CoordinatorLink, run: string) {
	const heard: Record<string, number[]> = {};
	const invalid: string[] = [];
	link.onMessage(
		(agent, { seq }) => {
			heard[agent] ??= [];
			heard[agent].push(seq);
		},
		(agent, problem) => invalid.push(`${agent}: ${problem}`),
	);
	let atMs = 0;
	const pulses = setInterval(() => {
		const highest = Object.entries(heard).map(([agent, all]) => [agent, all.at(-1) ?? 0]);
		link.pulse({ run, atMs: ++atMs, heard: Object.fromEntries(highest) }).catch(() => {});
	}, 200);
	ends.push(async () => clearInterval(pulses));
	return { heard, invalid };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

requirePart("redis")("the link through faults of Redis and the network", () => {
	test.each(["SIGTERM", "SIGKILL"] as const)(
		"Redis is restarted by %s while four agents send every 20 ms: nothing is lost, nothing comes twice",
		async (signal) => {
			const { redis, links } = await started({ appendOnly: true });
			const coordinator = await links.coordinator("run");
			const { heard, invalid } = listen(coordinator, "run");
			const agents = ["a", "b", "c", "d"];
			const senders = await Promise.all(
				agents.map(async (agent) => sendSteadily(await links.agent(agent), "run", agent, 20)),
			);
			await vi.waitFor(() => expect(heard.a?.length).toBeGreaterThan(20), 5_000);
			await redis.restart(signal);
			const before = heard.a?.length ?? 0;
			await vi.waitFor(() => expect(heard.a?.length).toBeGreaterThan(before + 50), 20_000);
			const sent = await Promise.all(senders.map((end) => end()));
			for (const [n, agent] of agents.entries())
				expect(heard[agent], agent).toEqual(upTo(sent[n]?.made ?? 0));
			expect(invalid).toEqual([]);
		},
	);

	test.each(["reset", "silent"] as const)(
		"one agent is cut off (%s): it alone is, its sends fail in bounded time, and nothing is lost",
		async (how) => {
			const { redis, links } = await started();
			const proxy = await startCuttableProxy(redis.port);
			ends.push(() => proxy.close());
			const coordinator = await links.coordinator("run");
			const { heard } = listen(coordinator, "run");
			const cutAddress = addressOf(as(`redis://127.0.0.1:${proxy.port}`), password);
			const cut = await links.agent("cut", cutAddress);
			const other = await links.agent("other");
			const [endCut, endOther] = [
				sendSteadily(cut, "run", "cut", 50),
				sendSteadily(other, "run", "other", 50),
			];
			await vi.waitFor(() => expect(heard.cut?.length).toBeGreaterThan(5), 5_000);
			proxy.cut(how);
			const begin = performance.now();
			await expect(cut.send(reportOf("run", 1))).rejects.toMatchObject({ name: "UserError" });
			// No figure of speed: that it ends at all, and before a lease does.
			expect(performance.now() - begin).toBeLessThan(12_000);
			// What was on its way may still arrive.
			await sleep(300);
			const stood = heard.cut?.length ?? 0;
			const went = heard.other?.length ?? 0;
			await sleep(1_500);
			expect(heard.cut?.length).toBe(stood);
			expect(heard.other?.length).toBeGreaterThan(went + 10);
			proxy.mend();
			await vi.waitFor(() => expect(heard.cut?.length).toBeGreaterThan(stood + 20), 20_000);
			expect(heard.cut).toEqual(upTo((await endCut()).made));
			expect(heard.other).toEqual(upTo((await endOther()).made));
		},
	);

	test("an agent that was cut off gets its orders when it is back, each once", async () => {
		const { redis, links } = await started();
		const proxy = await startCuttableProxy(redis.port);
		ends.push(() => proxy.close());
		const coordinator = await links.coordinator("run");
		const agent = await links.agent(
			"cut",
			addressOf(as(`redis://127.0.0.1:${proxy.port}`), password),
		);
		const workers: number[] = [];
		agent.onOrder(
			(order) => workers.push(order.kind === "kill-worker" ? order.worker : -1),
			() => workers.push(-2),
		);
		const send = (worker: number) =>
			coordinator.send("cut", { kind: "kill-worker", run: "run", shard: 0, worker });
		await send(1);
		await vi.waitFor(() => expect(workers).toEqual([1]));
		proxy.cut("silent");
		for (const worker of [2, 3, 4]) await send(worker);
		await sleep(1_000);
		expect(workers).toEqual([1]);
		proxy.mend();
		await vi.waitFor(() => expect(workers).toEqual([1, 2, 3, 4]), 20_000);
	});

	test("Redis is out of memory: a send says so; it works again once there is room", async () => {
		const { redis, links } = await started();
		const [agent, coordinator] = [await links.agent("one"), await links.coordinator("run")];
		const { heard } = listen(coordinator, "run");
		await agent.send(reportOf("run", 1));
		await vi.waitFor(() => expect(heard.one).toEqual([1]));
		await redis.cli("config", "set", "maxmemory", "1mb");
		await expect(agent.send(reportOf("run", 2))).rejects.toMatchObject({
			message: `Redis at ${links.address.text} is out of memory and takes nothing.`,
		});
		await sleep(3_000);
		await redis.cli("config", "set", "maxmemory", "0");
		await agent.send(reportOf("run", 2));
		await vi.waitFor(() => expect(heard.one).toEqual([1, 2]), 5_000);
	});

	test("Redis is full of messages that nobody took: a coordinator empties it", async () => {
		const { redis, links } = await started();
		const [agent, coordinator] = [await links.agent("one"), await links.coordinator("run")];
		for (const seq of upTo(100)) await agent.send(reportOf("run", seq));
		await redis.cli("config", "set", "maxmemory", "1mb");
		const { heard } = listen(coordinator, "run");
		await vi.waitFor(() => expect(heard.one).toEqual(upTo(100)), 10_000);
		expect(await redis.cli("llen", "{livesoak}:run-run:wait")).toBe("0");
	});

	test("a coordinator that was killed with a message in hand: the next one has it at once", async () => {
		const { redis, links } = await started();
		const agent = await links.agent("one");
		for (const seq of [1, 2]) await agent.send(reportOf("run", seq));
		const killed = new Worker("run-run", undefined, {
			prefix: "{livesoak}",
			connection: { host: "127.0.0.1", port: redis.port, username: "livesoak", password },
		});
		expect((await killed.getNextJob("in hand"))?.id).toBe("one-1");
		await killed.close(true);
		const { heard } = listen(await links.coordinator("run"), "run");
		// BullMQ alone would have it wait for the end of its lock.
		await vi.waitFor(() => expect(heard.one).toEqual([1, 2]), 3_000);
	});

	test("Redis is gone or stands still: closing ends all the same", async () => {
		const { redis, links } = await started();
		const [agent, coordinator] = [await links.agent("one"), await links.coordinator("run")];
		agent.onOrder(
			() => {},
			() => {},
		);
		listen(coordinator, "run");
		await coordinator.lead();
		redis.pause();
		await agent.close();
		await redis.end("SIGKILL");
		await coordinator.close();
		await coordinator.close();
		await redis.start();
	});

	test("a Redis that stands still is no Redis to begin with", async () => {
		const { redis, links } = await started();
		redis.pause();
		await expect(links.agent("one")).rejects.toMatchObject({
			message: `Redis at ${links.address.text} does not answer.`,
		});
		redis.resume();
	});
});
