import type { RunEvent } from "../../run/run-event.js";
import type { FromAgentKind } from "../from-agent.js";
import type { FleetClock } from "../link.js";
import type { Member } from "./member.js";

/** This machine's epoch milliseconds as Redis's. */
export function toRedis(clock: FleetClock, ms: number): number {
	return ms + clock.offsetMs;
}

/** Redis's epoch milliseconds as this machine's. */
export function fromRedis(clock: FleetClock, ms: number): number {
	return ms - clock.offsetMs;
}

type AgentEvent = FromAgentKind<"report">["events"][number];

/** What happened on an agent, as the run tells it: by this machine's clock, its workers by the agent's name. */
export function localEvent(
	event: AgentEvent,
	clock: FleetClock,
	of: { readonly member: Member; readonly shard: number },
): RunEvent {
	const told = { ...event, atMs: fromRedis(clock, event.atMs) };
	if (told.kind !== "worker-started" && told.kind !== "worker-died") return told;
	const { member, shard } = of;
	return { ...told, agent: member.name, worker: member.workerNumber(shard, told.worker) };
}
