import type { BenchContext } from "./context.js";
import { type AgentsTrial, agentsTrial } from "./fleet/agents-trial.js";
import { RedisProcess } from "./fleet/redis-process.js";
import { Lab } from "./lab.js";
import { pairedRatios, spreadOf, turnsOf } from "./statistics.js";
import { drawTable, shownRatio, shownSpread } from "./table.js";

export interface AgentsOptions {
	readonly pairs: number;
	/** Multiples of ten. */
	readonly participants: number;
	readonly steadyMs: number;
}

const heldNames = [
	["file descriptors", "descriptors"],
	["UDP sockets", "udpSockets"],
	["TCP sockets", "tcpSockets"],
] as const;

/** The same plan by one agent and by two on this machine, by turns: what a packet costs. */
export async function agents(context: BenchContext, options: AgentsOptions): Promise<void> {
	const { env, say, show, signal, version } = context;
	const lab = await Lab.open(env, say, signal);
	const redis = await RedisProcess.start();
	const pairs: (readonly [one: AgentsTrial, two: AgentsTrial])[] = [];
	try {
		for (let number = 0; number < options.pairs; number++) {
			const done = new Map<number, AgentsTrial>();
			for (const count of turnsOf(1, 2, number)) {
				const order = { lab, redis: redis.url, agents: count, signal, ...options };
				const trial = await agentsTrial(order);
				done.set(count, trial);
				say(
					`pair ${number + 1}, ${count} agents: ${perCpuSecond(trial).toFixed(0)} packets a CPU-second`,
				);
			}
			const [one, two] = [done.get(1), done.get(2)];
			if (one && two) pairs.push([one, two]);
		}
	} finally {
		const spreads = ([0, 1] as const).map((side) =>
			spreadOf(pairs.map((pair) => perCpuSecond(pair[side]))),
		);
		const ratio = spreadOf(
			pairedRatios(pairs.map(([one, two]) => [perCpuSecond(two), perCpuSecond(one)])),
		);
		if (pairs.length > 0) {
			const [one, two] = spreads.map((spread) => shownSpread(spread, 0));
			show(
				`\n${options.participants} participants, ${pairs.length} pairs by turns, ${options.steadyMs / 1000} s steady, livekit-server ${lab.version}`,
			);
			show(
				drawTable(
					["min / median / max", "1 agent", "2 agents", "2 / 1, median (min to max)"],
					[
						["packets delivered a CPU-second", one ?? "", two ?? "", shownRatio(ratio)],
						...heldNames.map(([name, key]) => {
							const of = (side: 0 | 1) => {
								const each = pairs.map((pair) => pair[side].held[key] / options.participants);
								return shownSpread(spreadOf(each), 2);
							};
							return [`${name} a participant`, of(0), of(1), ""];
						}),
						[
							"CPU of the coordinator, % of a core",
							...([0, 1] as const).map((side) => {
								const each = pairs.map((pair) => pair[side].coordinatorCpuSeconds);
								return shownSpread(spreadOf(each.map((cpu) => (cpu * 1e5) / options.steadyMs)), 1);
							}),
							"",
						],
					],
				),
			);
			await context.save("agents", {
				server: lab.version,
				livesoak: version,
				...options,
				ratio,
				pairs,
			});
		}
		await redis.stop();
		await lab.close();
	}
}

function perCpuSecond({ packets, cpuSeconds }: AgentsTrial): number {
	return packets / cpuSeconds;
}
