import type { AgentView } from "../run/run-view.js";
import type { PlainMetric, Series } from "./prometheus-catalogue.js";

/** The machines of a run over many; a run on one machine has none of these series. */
export const agentMetrics: readonly PlainMetric[] = [
	onAgent("livesoak_agent_up", "1, or 0 from the moment at which it was declared lost", (agent) =>
		agent.isUp ? 1 : 0,
	),
	{
		name: "livesoak_agent_participants",
		type: "gauge",
		help: "Participants that are joining or alive now, by agent",
		labels: ["agent", "state"],
		read: ({ view }) =>
			(view?.agents ?? []).flatMap(({ name, alive, joining }): Series[] => [
				{ labels: { agent: name, state: "joining" }, value: joining },
				{ labels: { agent: name, state: "alive" }, value: alive },
			]),
	},
	onAgent("livesoak_agent_workers", "Worker processes", ({ workers }) => workers),
	onAgent(
		"livesoak_agent_clock_offset_seconds",
		"Clock of Redis minus its own",
		({ clockOffsetMs }) => clockOffsetMs / 1_000,
	),
	onAgent(
		"livesoak_agent_report_age_seconds",
		"Since its last message",
		({ reportAgeMs }) => reportAgeMs / 1_000,
	),
];

function onAgent(name: string, help: string, value: (agent: AgentView) => number): PlainMetric {
	return {
		...{ name, type: "gauge", help: `${help}, by agent`, labels: ["agent"] },
		read: ({ view }) =>
			(view?.agents ?? []).map((agent) => ({
				labels: { agent: agent.name },
				value: value(agent),
			})),
	};
}
