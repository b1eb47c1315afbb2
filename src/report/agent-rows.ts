import { clockTime, count, figure, unknownFigure } from "../sink/figure.js";
import type { Report, ReportedAgent } from "./report.js";

export const agentHead = [
	"agent",
	"livesoak",
	"cores",
	"holds",
	"seats",
	"clock",
	"what became of it",
];

/** A row an agent, in words: as the terminal and the page show it. */
export function agentRow(agent: ReportedAgent): string[] {
	const { name, version, cores, seats } = agent;
	return [
		...[name, version ?? unknownFigure, number(cores)],
		...[capacityText(agent), number(seats), clockText(agent), fateText(agent)],
	];
}

/** Whether there is more to say of it than that it was there from the start to the end. */
export function hasStory({ joinedLateMs, tookOver, lost }: ReportedAgent): boolean {
	return joinedLateMs !== undefined || tookOver.length > 0 || lost !== undefined;
}

/** `3 agents, 12 cores, 1 lost`; undefined for a run on one machine. */
export function agentsText({ agents }: Pick<Report, "agents">): string | undefined {
	if (agents.length === 0) return undefined;
	const lost = agents.filter((agent) => agent.lost).length;
	const cores = agents.reduce((sum, agent) => sum + (agent.cores ?? 0), 0);
	return [
		agents.length === 1 ? "1 agent" : `${count(agents.length)} agents`,
		`${count(cores)} cores`,
		...(lost > 0 ? [`${count(lost)} lost`] : []),
	].join(", ");
}

function number(value: number | undefined): string {
	return value === undefined ? unknownFigure : count(value);
}

/** Of one engine alone, either or. */
function capacityText({ capacity }: ReportedAgent): string {
	if (!capacity) return unknownFigure;
	return `${count(capacity.lite)} lite or ${count(capacity.native)} native`;
}

/** How far Redis's clock is ahead of its own, and how well that is known. */
function clockText({ clockOffsetMs, clockErrorMs }: ReportedAgent): string {
	if (clockOffsetMs === undefined) return unknownFigure;
	const error = clockErrorMs === undefined ? "" : ` ± ${figure(clockErrorMs, "ms")}`;
	// What would be shown as -0.0ms is no offset.
	const offsetMs = Math.abs(clockOffsetMs) < 0.05 ? 0 : clockOffsetMs;
	return `${offsetMs < 0 ? "" : "+"}${figure(offsetMs, "ms")}${error}`;
}

function fateText({ joinedLateMs, tookOver, lost }: ReportedAgent): string {
	const parts = [
		...(joinedLateMs === undefined ? [] : [`joined at ${clockTime(joinedLateMs)}`]),
		...tookOver.map(
			({ atMs, lost: other, seats }) =>
				`took over ${count(seats)} seats of ${other} at ${clockTime(atMs)}`,
		),
		...(lost
			? [
					`lost at ${clockTime(lost.atMs)} with ${count(lost.participantsLost)} participants: ${lost.reason}, silent for ${figure(lost.silentMs, "ms")}`,
				]
			: []),
	];
	return parts.length > 0 ? parts.join("; ") : "not lost";
}
