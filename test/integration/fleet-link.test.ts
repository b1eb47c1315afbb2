import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import { linksTo, offerOf, reportOf } from "../rig/fleet-link.js";
import { requirePart } from "../rig/real-parts.js";
import { type RedisServer, startRedis } from "../rig/redis-server.js";

requirePart("redis")("the link over a real Redis", () => {
	let redis: RedisServer;
	let links: ReturnType<typeof linksTo>;

	beforeAll(async () => {
		redis = await startRedis();
		links = linksTo(redis.url);
	});
	afterEach(() => links.closeAll());
	afterAll(() => redis.stop());

	test("messages arrive in order, each once, however often and in whatever order they were sent", async () => {
		const [agent, coordinator] = [await links.agent("one"), await links.coordinator("r1")];
		for (const seq of [2, 1, 1, 4, 3, 2, 5]) await agent.send(reportOf("r1", seq));
		const heard: [string, number][] = [];
		const invalid: string[] = [];
		coordinator.onMessage(
			(from, { seq }) => heard.push([from, seq]),
			(from, problem) => invalid.push(`${from}: ${problem}`),
		);
		await vi.waitFor(() => expect(heard).toHaveLength(5));
		// Sent again after it was taken and deleted.
		for (const seq of [5, 1, 6]) await agent.send(reportOf("r1", seq));
		await vi.waitFor(() => expect(heard).toHaveLength(6));
		expect(heard).toEqual([1, 2, 3, 4, 5, 6].map((seq) => ["one", seq]));
		expect(invalid).toEqual([]);
	});

	test("orders arrive in order, each once", async () => {
		const [agent, coordinator] = [await links.agent("two"), await links.coordinator("r2")];
		const orders: string[] = [];
		agent.onOrder(
			(order) => orders.push(JSON.stringify(order)),
			(problem) => orders.push(problem),
		);
		const wanted = Array.from({ length: 30 }, (_, worker) => ({
			...{ kind: "kill-worker" as const, run: "r2", shard: 0, worker },
		}));
		await Promise.all(wanted.map((order) => coordinator.send("two", order)));
		await vi.waitFor(() => expect(orders).toEqual(wanted.map((order) => JSON.stringify(order))));
	});

	test("an offer is listed while it is fresh, and not when it was withdrawn", async () => {
		const [agent, coordinator] = [await links.agent("three"), await links.coordinator("r3")];
		const now = () => Date.now() + agent.clock.offsetMs;
		await agent.offer(offerOf("three", now() - 6_000));
		expect(await coordinator.offers()).toEqual([]);
		const fresh = offerOf("three", now());
		await agent.offer(fresh);
		expect(await coordinator.offers()).toEqual([fresh]);
		await agent.withdraw();
		expect(await coordinator.offers()).toEqual([]);
	});

	test("a pulse is seen by all agents", async () => {
		const [agent, coordinator] = [await links.agent("four"), await links.coordinator("r4")];
		expect(await agent.pulseOf("r4")).toBeUndefined();
		for (const atMs of [1, 2]) {
			await coordinator.pulse({ run: "r4", atMs, heard: { four: atMs } });
			expect(await agent.pulseOf("r4")).toEqual({ run: "r4", atMs, heard: { four: atMs } });
		}
	});

	test("one coordinator leads a run", async () => {
		const [first, second] = [await links.coordinator("r5"), await links.coordinator("r5")];
		expect(await first.lead()).toBe(true);
		const pulses = setInterval(() => void first.pulse({ run: "r5", atMs: 1, heard: {} }), 200);
		try {
			expect(await second.lead()).toBe(false);
		} finally {
			clearInterval(pulses);
		}
		await first.close();
		expect(await second.lead()).toBe(true);
	});

	test("a coordinator that was away for too long speaks for its run no more", async () => {
		const [first, second] = [await links.coordinator("r7"), await links.coordinator("r7")];
		expect(await first.lead()).toBe(true);
		// Its time is over.
		await redis.cli("del", "{livesoak}:lead:r7");
		expect(await second.lead()).toBe(true);
		for (let n = 0; n < 2; n++)
			await expect(first.pulse({ run: "r7", atMs: 1, heard: {} })).rejects.toMatchObject({
				name: "UserError",
				message: "Another livesoak has taken over the run r7.",
			});
		await first.close();
		await second.pulse({ run: "r7", atMs: 2, heard: {} });
	});

	test("what is invalid is dropped and told, and what comes after it is taken", async () => {
		const [agent, coordinator] = [await links.agent("eight"), await links.coordinator("r8")];
		const add = async (queue: string, jobId: string, data: unknown) => {
			const raw = new Queue(queue, {
				prefix: "{livesoak}",
				connection: { host: "127.0.0.1", port: redis.port },
			});
			await raw.add("x", data, { jobId });
			await raw.close();
		};
		const taken: string[] = [];
		coordinator.onMessage(
			(from, { seq }) => taken.push(`${from} ${seq}`),
			(from, problem) => taken.push(`${from}: ${problem}`),
		);
		await add("run-r8", "eight-1", { ...reportOf("r8", 1), path: "/etc/passwd" });
		await add("run-r8", "eight-2", reportOf("r8", 5));
		await add("run-r8", "eight-3", reportOf("other", 3));
		await add("run-r8", "no_id", reportOf("r8", 3));
		await agent.send(reportOf("r8", 4));
		await vi.waitFor(() =>
			expect(taken).toEqual([
				'eight: a message is invalid: Unrecognized key: "path"',
				"eight: a message has another number than its id",
				"eight: a message is of another run",
				"unknown: a message has an id that is none",
				"eight 4",
			]),
		);
		const orders: string[] = [];
		agent.onOrder(
			(order) => orders.push(order.kind),
			(problem) => orders.push(problem),
		);
		await add("agent-eight", "s-1", { kind: "stop", run: "r8" });
		await add("agent-eight", "s-2", { sender: "s", number: 1, after: 0, order: { kind: "exec" } });
		await coordinator.send("eight", { kind: "stop", run: "r8" });
		await vi.waitFor(() => expect(orders).toHaveLength(3));
		expect(orders[0]).toMatch(/^an order is invalid at sender: /);
		expect(orders[1]).toMatch(/^an order is invalid at kind: /);
		expect(orders[2]).toBe("stop");
	});

	test("what dead agents and runs left is deleted by those who come later", async () => {
		const [agent, coordinator] = [await links.agent("nine"), await links.coordinator("r9")];
		const longAgoMs = Date.now() - 25 * 3_600_000;
		await agent.offer(offerOf("nine", longAgoMs));
		await coordinator.send("nine", { kind: "stop", run: "r9" });
		await coordinator.pulse({ run: "r9", atMs: longAgoMs, heard: {} });
		await agent.send(reportOf("r9", 1));
		const later = await links.coordinator("r10");
		expect(await later.lead()).toBe(true);
		expect(await later.offers()).toEqual([]);
		const keys = (await redis.cli("keys", "*")).split("\n");
		expect(keys.filter((key) => /nine|r9/.test(key))).toEqual([]);
	});

	test("Redis's memory stays flat", async () => {
		const [agent, coordinator] = [await links.agent("ten"), await links.coordinator("r11")];
		let heard = 0;
		coordinator.onMessage(
			(_from, { seq }) => {
				heard = seq;
			},
			() => {},
		);
		const bytesAfter = async (from: number, to: number) => {
			for (let seq = from; seq <= to; seq++) await agent.send(reportOf("r11", seq));
			await vi.waitFor(() => expect(heard).toBe(to));
			const keys = (await redis.cli("keys", "{livesoak}:run-r11:*")).split("\n");
			const bytes = await Promise.all(keys.map((key) => redis.cli("memory", "usage", key)));
			return bytes.map(Number).reduce((sum, each) => sum + each);
		};
		const first = await bytesAfter(1, 300);
		expect(await bytesAfter(301, 900)).toBeLessThan(first * 1.5);
	});

	test("the offset is that of Redis's clock", async () => {
		const agent = await links.agent("eleven");
		const beforeMs = Date.now();
		const [seconds, micros] = (await redis.cli("time")).split("\n").map(Number);
		const redisMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
		// Redis is on this machine: its clock is ours, but for what a process has gone astray since it started.
		expect(redisMs).toBeGreaterThan(beforeMs - 100);
		expect(Math.abs(systemClock.nowMs() + agent.clock.offsetMs - Date.now())).toBeLessThan(50);
		expect(agent.clock.errorMs).toBeGreaterThan(0);
		expect(agent.clock.errorMs).toBeLessThan(20);
	});

	test("forget and close leave no key behind", async () => {
		const [agent, coordinator] = [await links.agent("six"), await links.coordinator("r6")];
		await coordinator.lead();
		await agent.offer(offerOf("six", Date.now()));
		await coordinator.pulse({ run: "r6", atMs: 1, heard: {} });
		await coordinator.send("six", { kind: "stop", run: "r6" });
		await agent.send(reportOf("r6", 1));
		await agent.withdraw();
		await coordinator.forget();
		await coordinator.close();
		await agent.close();
		const keys = (await redis.cli("keys", "*")).split("\n");
		expect(keys.filter((key) => /r6|six/.test(key))).toEqual([]);
		// All that there is carries the one hash tag.
		expect(keys.filter((key) => !key.startsWith("{livesoak}:"))).toEqual([]);
		expect(keys).not.toEqual([]);
	});
});
