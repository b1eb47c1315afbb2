import { redact } from "../../error/redact.js";
import type { RunEvent } from "../../run/run-event.js";
import type { FromAgentKind } from "../from-agent.js";

export type AgentEvent = FromAgentKind<"report">["events"][number];

/** The contract has no longer texts. */
const longestText = 2_000;

/**
 * An event of a pool as it travels: by Redis's clock, and with nothing but what the contract has.
 * @param offsetMs Redis's clock minus ours
 * @returns undefined for those that no pool tells of
 */
export function agentEvent(event: RunEvent, offsetMs: number): AgentEvent | undefined {
	const atMs = event.atMs + offsetMs;
	switch (event.kind) {
		case "worker-started": {
			const { kind, worker, pid } = event;
			return { kind, atMs, worker, pid };
		}
		case "worker-died": {
			const { kind, worker, pid, participantsLost } = event;
			return { kind, atMs, worker, pid, participantsLost, reason: shortened(event.reason) };
		}
		case "life-joined": {
			const { kind, seat, life, connectMs } = event;
			return { kind, atMs, seat, life, connectMs };
		}
		case "life-failed": {
			const { kind, seat, life, engine, stage, cause } = event;
			return { kind, atMs, seat, life, engine, stage, cause, detail: shortened(event.detail) };
		}
		case "life-lost": {
			const { kind, seat, life, cause } = event;
			return { kind, atMs, seat, life, cause, detail: shortened(event.detail) };
		}
		case "reconnecting": {
			const { kind, seat, life, how } = event;
			return { kind, atMs, seat, life, how };
		}
		case "reconnected": {
			const { kind, seat, life, durationMs } = event;
			return { kind, atMs, seat, life, durationMs };
		}
		case "server":
			return { kind: event.kind, atMs, version: shortened(event.version) };
		default:
			return undefined;
	}
}

/** Without what is a secret by its shape, and no longer than may travel. */
export function shortened(text: string): string {
	return redact(text).slice(0, longestText);
}
