import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addressOf, leastRights, linksTo, offerOf, refusals, reportOf } from "../rig/fleet-link.js";
import { startTcp } from "../rig/local-services.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";
import { type RedisServer, startRedis } from "../rig/redis-server.js";

const password = "correct-horse-battery";

requirePart("redis", "openssl")("a Redis with TLS and an ACL user", () => {
	const ca = withTestCa();
	let redis: RedisServer;
	let url: string;
	let caPem: string;

	beforeAll(async () => {
		redis = await startRedis({
			tls: ca(),
			users: {
				livesoak: await leastRights(password),
				narrow: `on >${password} ~{livesoak}:* -@all +info +time +eval +evalsha +incr`,
				elsewhere: `on >${password} ~other:* +@all`,
			},
		});
		url = redis.url.replace("rediss://", "rediss://livesoak@");
		caPem = await readFile(ca().caFile, "utf8");
	});
	afterAll(() => redis.stop());

	test("everything works with the least rights", async () => {
		const links = linksTo(url, password, caPem);
		try {
			const [agent, coordinator] = [await links.agent("one"), await links.coordinator("run")];
			const taken: unknown[] = [];
			agent.onOrder(
				(order) => taken.push(order),
				(problem) => taken.push(problem),
			);
			coordinator.onMessage(
				(from, { seq }) => taken.push([from, seq]),
				(_from, problem) => taken.push(problem),
			);
			expect(await coordinator.lead()).toBe(true);
			for (const atMs of [1, 2]) await coordinator.pulse({ run: "run", atMs, heard: {} });
			const offer = offerOf("one", Date.now() + agent.clock.offsetMs);
			for (let n = 0; n < 2; n++) await agent.offer(offer);
			expect(await coordinator.offers()).toEqual([offer]);
			await agent.send(reportOf("run", 1));
			const order = { kind: "stop", run: "run" } as const;
			await coordinator.send("one", order);
			await vi.waitFor(() => expect(taken).toHaveLength(2));
			expect(taken).toContainEqual(["one", 1]);
			expect(taken).toContainEqual(order);
			await agent.withdraw();
			await coordinator.forget();
		} finally {
			await links.closeAll();
		}
		expect(await refusals(redis)).toBe("");
	});

	describe("what is wrong is said in one sentence, without the password", () => {
		const wrongCa = () => readFile(ca().otherCaFile, "utf8");
		const plain = () => url.replace("rediss", "redis");
		test.each([
			[
				"the password",
				() => open(url, "wrong-horse-battery", caPem),
				/refuses the password of user livesoak/,
			],
			[
				"the user",
				() => open(url.replace("livesoak@", "nobody@"), password, caPem),
				/refuses the password of user nobody/,
			],
			[
				"a right",
				() => open(url.replace("livesoak@", "narrow@"), password, caPem),
				/does not permit user narrow/,
			],
			[
				"the keys",
				() => open(url.replace("livesoak@", "elsewhere@"), password, caPem),
				/does not permit user elsewhere/,
			],
			[
				"the authority",
				async () => open(url, password, await wrongCa()),
				/signed by nobody we trust/,
			],
			["no authority", () => open(url, password), /signed by nobody we trust/],
			["no TLS", () => open(plain(), password), /connection to Redis at .* is broken/],
			["the port", () => open("redis://127.0.0.1:1", password), /Nothing listens/],
		])("%s", async (_what, opening, sentence) => {
			const error = await opening();
			expect(error).toMatchObject({ name: "UserError", message: expect.stringMatching(sentence) });
			expect(JSON.stringify([error.message, error.hint])).not.toMatch(/battery/);
		});

		test("something else listens there", async () => {
			const ends: (() => void)[] = [];
			const port = await startTcp(
				(end) => ends.push(end),
				(socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
			);
			const error = await open(`redis://127.0.0.1:${port}`);
			expect(error).toMatchObject({
				name: "UserError",
				message: `What listens at redis://127.0.0.1:${port} is no Redis.`,
			});
			for (const end of ends) end();
		});
	});

	async function open(at: string, word?: string, pem?: string) {
		const links = linksTo(at, word, pem);
		try {
			await links.agent("one");
			return { name: "", message: "it could be opened", hint: "" };
		} catch (error) {
			return error as { name: string; message: string; hint: string };
		} finally {
			await links.closeAll();
		}
	}
});

requirePart("redis")("a Redis with a password and without noeviction", () => {
	test("no password is told, and the policy is warned of", async () => {
		const redis = await startRedis({
			users: { default: `on >${password} ~* +@all` },
			maxMemoryPolicy: "allkeys-lru",
		});
		try {
			await expect(linksTo(redis.url).agent("one")).rejects.toMatchObject({
				message: expect.stringContaining("asks for a password"),
			});
			const lines: string[] = [];
			const links = linksTo(redis.url, password);
			await links.coordinator("run", { onWarning: (line) => lines.push(line) });
			await links.closeAll();
			expect(lines).toEqual([expect.stringContaining("maxmemory-policy allkeys-lru")]);
			expect(addressOf(redis.url).text).toBe(redis.url);
		} finally {
			await redis.stop();
		}
	});
});
