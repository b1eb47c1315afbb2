import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../../src/error/user-error.js";
import type { Lab } from "../lab.js";
import { processTree, treeCpuSeconds } from "../process-tree.js";
import { growthWorkload, participantsOf, scenarioText, streamsOf } from "../workload.js";
import { LineProcess } from "./line-process.js";
import { type Held, heldBy } from "./sockets.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const joinsPerSecond = 20;
const settleMs = 2_000;
const joinedWithinMs = 60_000;
const lookEveryMs = 200;

/** What so many agents did for the same plan, between two marks at which all were there. */
export interface AgentsTrial {
	readonly agents: number;
	/** Delivered, as the server counts. */
	readonly packets: number;
	/** Of the agents and their workers; not the coordinator, which serves any number. */
	readonly cpuSeconds: number;
	readonly coordinatorCpuSeconds: number;
	/** By the agents and their workers, at the second mark. */
	readonly held: Held;
}

export interface AgentsTrialOrder {
	readonly lab: Lab;
	/** URL of Redis. */
	readonly redis: string;
	readonly agents: number;
	readonly participants: number;
	readonly steadyMs: number;
	readonly signal: AbortSignal;
}

/** Real agents and a real coordinator, all of them the built command. */
export async function agentsTrial(order: AgentsTrialOrder): Promise<AgentsTrial> {
	const { lab, redis, agents, participants, steadyMs, signal } = order;
	await lab.whenEmpty(signal);
	const folder = await mkdtemp(join(tmpdir(), "livesoak-bench-agents-"));
	const work = growthWorkload(participants, joinsPerSecond);
	const running: LineProcess[] = [];
	const start = (name: string, args: readonly string[]) => {
		const started = new LineProcess(name, [main, ...args], lab.env);
		running.push(started);
		return started;
	};
	try {
		const capacity = `lite=${participants},native=1`;
		const tree = Array.from({ length: agents }, (_, n) => {
			const name = `bench-${n + 1}`;
			return start(name, ["agent", "--redis", redis, "--name", name, "--capacity", capacity]).pid;
		});
		const scenario = join(folder, "scenario.yaml");
		const holdMs = joinedWithinMs + settleMs + steadyMs;
		await writeFile(scenario, scenarioText({ work, arrival: "paced", holdMs }));
		const fleet = ["--redis", redis, "--agents", `${agents}`, "--wait", "60s"];
		const quiet = ["--out", join(folder, "results"), "--quiet", "--no-html"];
		const coordinator = start("the coordinator", ["run", scenario, ...fleet, ...quiet]);
		const ended = coordinator.line(() => false, joinedWithinMs + holdMs);
		ended.catch(() => {});
		const wanted = { participants: participantsOf(work), streams: streamsOf(work) };
		await Promise.race([untilJoined(lab, wanted, signal), ended]);
		await sleep(settleMs, undefined, { signal });
		const first = await mark(lab, tree, coordinator.pid);
		await Promise.race([sleep(steadyMs, undefined, { signal }), ended]);
		const last = await mark(lab, tree, coordinator.pid);
		const held = heldBy(processTree(tree).keys());
		await coordinator.end();
		return {
			...{ agents, held },
			packets: last.packets - first.packets,
			cpuSeconds: last.cpuSeconds - first.cpuSeconds,
			coordinatorCpuSeconds: last.coordinatorCpuSeconds - first.coordinatorCpuSeconds,
		};
	} finally {
		for (const each of running.reverse()) await each.end();
		await rm(folder, { recursive: true, force: true });
	}
}

async function untilJoined(
	lab: Lab,
	wanted: { readonly participants: number; readonly streams: number },
	signal: AbortSignal,
): Promise<void> {
	for (let waitedMs = 0; waitedMs < joinedWithinMs; waitedMs += lookEveryMs) {
		const { participants, streams } = await lab.figures();
		if (participants >= wanted.participants && streams >= wanted.streams) return;
		await sleep(lookEveryMs, undefined, { signal });
	}
	throw new UserError({
		message: `Not all of ${wanted.participants} participants and ${wanted.streams} streams were there within ${joinedWithinMs / 1000} s.`,
		hint: "Is the machine too small, or busy with something else? Try --participants 50.",
		exitCode: 1,
	});
}

async function mark(lab: Lab, agents: readonly number[], coordinator: number) {
	const { packetsOut } = await lab.figures();
	return {
		packets: packetsOut,
		cpuSeconds: treeCpuSeconds(processTree(agents)),
		coordinatorCpuSeconds: treeCpuSeconds(processTree([coordinator])),
	};
}
