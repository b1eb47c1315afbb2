import type { ChalkInstance } from "chalk";
import type { AgentView, RunView, WorkerView } from "../run/run-view.js";
import { stripControlCharacters } from "./control-characters.js";
import { count, cpuShare, figure } from "./figure.js";

/** More would push the rest of the picture off the screen. */
const mostLines = 10;
const mostNamesLost = 5;
const widestName = 24;

/** The machines of a run over many: a line each while they are few, else all in one, with the lost ones by name. */
export function agentLines(view: RunView, chalk: ChalkInstance): string[] {
	const { agents = [], workers } = view;
	if (agents.length > mostLines) return sumLines(agents, workers, chalk);
	const names = agents.map(({ name }) => stripControlCharacters(name));
	const width = Math.min(widestName, Math.max(0, ...names.map((name) => name.length)));
	return agents.map((agent, i) => agentLine(agent, (names[i] ?? "").padEnd(width), workers, chalk));
}

/** `12/12`: how many of the machines are up; undefined where there is one. */
export function agentsUp({ agents }: RunView): string | undefined {
	return agents && `${agents.filter(({ isUp }) => isUp).length}/${agents.length}`;
}

function agentLine(
	agent: AgentView,
	name: string,
	workers: readonly WorkerView[],
	chalk: ChalkInstance,
): string {
	const silent = `silent for ${figure(agent.reportAgeMs, "ms")}`;
	if (!agent.isUp) return `${chalk.red("✗")} ${name}  ${chalk.red("lost")}, ${silent}`;
	const own = workers.filter((worker) => worker.agent === agent.name);
	return [
		`${agent.reportAgeMs > lateMs ? chalk.yellow("!") : chalk.green("✓")} ${name}`,
		`alive ${count(agent.alive)}`,
		`joining ${count(agent.joining)}`,
		...usage(own, agent.workers),
		...(agent.reportAgeMs > lateMs ? [chalk.yellow(silent)] : []),
	].join("  ");
}

/** An agent says something each second: one that has not for so long is worth a look. */
const lateMs = 3_000;

function sumLines(
	agents: readonly AgentView[],
	workers: readonly WorkerView[],
	chalk: ChalkInstance,
): string[] {
	const sum = (of: (agent: AgentView) => number) => agents.reduce((all, one) => all + of(one), 0);
	const up = agents.filter(({ isUp }) => isUp);
	const lost = agents.filter(({ isUp }) => !isUp);
	const named = lost.slice(0, mostNamesLost).map(({ name }) => stripControlCharacters(name));
	const more = lost.length > named.length ? ` and ${lost.length - named.length} more` : "";
	const ages = up.map(({ reportAgeMs }) => reportAgeMs);
	return [
		[
			`${up.length} of ${agents.length} up`,
			`alive ${count(sum(({ alive }) => alive))}`,
			`joining ${count(sum(({ joining }) => joining))}`,
			...usage(
				workers.filter(({ agent }) => agent !== undefined),
				sum((agent) => agent.workers),
			),
			...(ages.length > 0 ? [`longest silent ${figure(Math.max(...ages), "ms")}`] : []),
		].join("  "),
		...(named.length > 0 ? [chalk.red(`lost: ${named.join(", ")}${more}`)] : []),
	];
}

function usage(workers: readonly WorkerView[], workerCount: number): string[] {
	const lags = workers.map(({ lagP99Ms }) => lagP99Ms);
	return [
		`workers ${count(workerCount)}`,
		`cpu ${cpuShare(workers.reduce((sum, { cpu }) => sum + cpu, 0))}`,
		`lag p99 ${figure(lags.length > 0 ? Math.max(...lags) : undefined, "ms")}`,
	];
}
