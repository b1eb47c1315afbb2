import type { ReportEvent } from "./read-events.js";
import type { RunFile } from "./read-run.js";
import type { ReportedAgent } from "./report.js";

/** What events say of the machines of a run over many. */
export type AgentEvent = Extract<
	ReportEvent,
	{ kind: "agent-joined" | "agent-lost" | "agent-replaced" }
>;

export function isAgentEvent(event: ReportEvent): event is AgentEvent {
	return (
		event.kind === "agent-joined" || event.kind === "agent-lost" || event.kind === "agent-replaced"
	);
}

/**
 * Each machine once, those of run.json first: what it was, and what became of it. One that only events name came late,
 * or run.json is gone.
 * @param startAtMs epoch milliseconds of the start of the run
 */
export function reportedAgents(
	known: RunFile["agents"],
	events: readonly AgentEvent[],
	startAtMs: number,
): ReportedAgent[] {
	const agents = new Map<string, ReportedAgent>();
	for (const agent of known ?? []) agents.set(agent.name, { ...agent, tookOver: [] });
	const change = (name: string, facts: Partial<ReportedAgent>) => {
		const agent = agents.get(name) ?? { name, tookOver: [] };
		agents.set(name, { ...agent, ...facts });
	};
	for (const event of events) {
		const atMs = Math.max(0, event.atMs - startAtMs);
		switch (event.kind) {
			case "agent-joined": {
				const { cores, seats } = event;
				const late = event.isLate ? { joinedLateMs: atMs } : {};
				change(event.agent, { cores, seats, ...late });
				break;
			}
			case "agent-lost": {
				const { participantsLost, silentMs, reason } = event;
				change(event.agent, { lost: { atMs, participantsLost, silentMs, reason } });
				break;
			}
			case "agent-replaced": {
				const { lost, seats } = event;
				const before = agents.get(event.agent)?.tookOver ?? [];
				change(event.agent, { tookOver: [...before, { atMs, lost, seats }] });
				break;
			}
		}
	}
	return [...agents.values()];
}
