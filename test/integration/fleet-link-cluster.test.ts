import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { leastRights, linksTo, offerOf, reportOf } from "../rig/fleet-link.js";
import { requirePart } from "../rig/real-parts.js";
import { type RedisCluster, startRedisCluster } from "../rig/redis-cluster.js";
import { startRedis } from "../rig/redis-server.js";

const password = "not-so-secret";

requirePart("redis")("a Redis Cluster of three masters", () => {
	let cluster: RedisCluster;

	beforeAll(async () => {
		const rule = await leastRights(password);
		cluster = await startRedisCluster({ livesoak: `${rule} +cluster|slots +cluster|info` });
	});
	afterAll(() => cluster.stop());

	test("everything works, and all keys are on one node", async () => {
		const links = linksTo(cluster.url.replace("://", "://livesoak@"), password);
		try {
			const [agent, coordinator] = [await links.agent("one"), await links.coordinator("run")];
			const heard: number[] = [];
			const orders: number[] = [];
			coordinator.onMessage(
				(_agent, { seq }) => heard.push(seq),
				() => heard.push(-1),
			);
			agent.onOrder(
				(order) => orders.push(order.kind === "kill-worker" ? order.worker : -1),
				() => orders.push(-1),
			);
			expect(await coordinator.lead()).toBe(true);
			const now = Date.now();
			await agent.offer(offerOf("one", now));
			expect(await coordinator.offers()).toEqual([offerOf("one", now)]);
			await coordinator.pulse({ run: "run", atMs: 7, heard: {} });
			expect((await agent.pulseOf("run"))?.atMs).toBe(7);
			const numbers = Array.from({ length: 50 }, (_, n) => n + 1);
			for (const seq of numbers) await agent.send(reportOf("run", seq));
			for (const worker of numbers)
				await coordinator.send("one", { kind: "kill-worker", run: "run", shard: 0, worker });
			await vi.waitFor(() => expect([heard, orders]).toEqual([numbers, numbers]), 10_000);
			expect(Math.abs(agent.clock.offsetMs)).toBeLessThan(100);
			const sizes = await Promise.all(cluster.nodes.map((node) => node.cli("dbsize")));
			expect(sizes.filter((size) => size !== "0")).toHaveLength(1);
		} finally {
			await links.closeAll();
		}
	});

	test("without ?cluster=true it says that it is one", async () => {
		// The node that has not our keys.
		const errors = await Promise.all(
			cluster.nodes.map(async ({ url }) => {
				const links = linksTo(url.replace("://", "://livesoak@"), password);
				const error = await links.agent("two").catch((cause: Error) => cause.message);
				await links.closeAll();
				return error;
			}),
		);
		expect(errors).toContainEqual(expect.stringContaining("is a node of a Redis Cluster"));
	});
});

requirePart("redis")("no Redis Cluster", () => {
	test("with ?cluster=true it says that it is none", async () => {
		const redis = await startRedis();
		try {
			await expect(linksTo(`${redis.url}?cluster=true`).agent("one")).rejects.toMatchObject({
				message: expect.stringContaining("is no Redis Cluster"),
			});
		} finally {
			await redis.stop();
		}
	});
});
