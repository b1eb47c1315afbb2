import { expect, test } from "vitest";
import { isRunning } from "../rig/gone.js";
import { causes, offered, until, withLedAgents } from "../rig/led-agents.js";
import { requirePart } from "../rig/real-parts.js";

requirePart("redis")("an agent that nobody leads any more, or that is no more itself", () => {
	const { proxy, leading } = withLedAgents();

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
		proxy().cut("silent");
		await until(() => pids.every((pid) => !isRunning(pid)), agent.stdout);
		expect(reports().at(-1)?.isLast).toBe(false);
		proxy().mend();
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
});
