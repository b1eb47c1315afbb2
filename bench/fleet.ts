import type { BenchContext } from "./context.js";
import { type FleetStep, fleetStep, participantsAnAgent } from "./fleet/fleet-step.js";
import { Lab } from "./lab.js";
import { drawTable } from "./table.js";

export interface FleetOptions {
	/** Agents of each step. */
	readonly sizes: readonly number[];
	readonly steadyMs: number;
}

/** One coordinator and a redis-server with more and more agents; the agents are simulated, their reports real. */
export async function fleet(context: BenchContext, options: FleetOptions): Promise<void> {
	const { env, say, show, signal, version } = context;
	const lab = await Lab.open(env, say, signal);
	const steps: FleetStep[] = [];
	try {
		for (const agents of options.sizes) {
			say(`${agents} agents`);
			const step = await fleetStep(context, lab, agents, options.steadyMs);
			steps.push(step);
			for (const trouble of step.troubles) say(`  ${trouble}`);
		}
	} finally {
		if (steps.length > 0) {
			const seconds = options.steadyMs / 1000;
			show(
				`\nSimulated agents with ${participantsAnAgent} participants each, ${seconds} s steady, a report a second`,
			);
			show(drawTable(head, steps.map(rowOf)));
			await context.save("fleet", { livesoak: version, participantsAnAgent, steps });
		}
		await lab.close();
	}
}

const head = [
	"agents",
	"coordinator % of a core",
	"% per 10 agents",
	"RSS MB",
	"Redis % of a core",
	"commands/s",
	"scripts/s",
	"Redis peak MB",
	"in MB/s",
	"out MB/s",
	"clients",
	"delay p50 ms",
	"p99 ms",
	"reports sent",
	"counted",
] as const;

function rowOf(step: FleetStep): string[] {
	const seconds = step.ms / 1000;
	const cores = step.coordinatorCpuSeconds / seconds;
	const delays = Float64Array.from(step.delaysMs).sort();
	const delay = (p: number) =>
		delays[Math.max(0, Math.ceil(p * delays.length) - 1)]?.toFixed(1) ?? "–";
	return [
		`${step.agents}`,
		(cores * 100).toFixed(1),
		// The same as milliseconds for each agent and second.
		((cores * 1000) / step.agents).toFixed(2),
		(step.coordinatorRssBytes / 1e6).toFixed(0),
		((step.redisCpuSeconds * 100) / seconds).toFixed(1),
		(step.redisCommands / seconds).toFixed(0),
		(step.redisScripts / seconds).toFixed(0),
		(step.redisPeakBytes / 1e6).toFixed(1),
		(step.redisBytesIn / seconds / 1e6).toFixed(2),
		(step.redisBytesOut / seconds / 1e6).toFixed(2),
		`${step.redisClients}`,
		delay(0.5),
		delay(0.99),
		`${step.reports}`,
		`${step.counted}`,
	];
}
