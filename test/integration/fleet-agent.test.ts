import { expect, test } from "vitest";
import type { FromAgent } from "../../src/fleet/from-agent.js";
import { leftBehind } from "../rig/cli.js";
import { isRunning } from "../rig/gone.js";
import {
	count,
	leaseMs,
	offered,
	scenario,
	sums,
	until,
	withLedAgents,
} from "../rig/led-agents.js";
import { requirePart } from "../rig/real-parts.js";

requirePart("redis")("an agent on a real Redis and a real server", () => {
	const { cli, server, redis, links, leading } = withLedAgents();

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

	test("an order of a stranger: nothing is started, and the agent says why", async () => {
		const link = await links().coordinator("stranger");
		const agent = cli().start(["agent", "--redis", redis().url, "--name", "wary"]);
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
