import type { RunEvent } from "../run/run-event.js";
import { stripControlCharacters } from "./control-characters.js";
import { figure } from "./figure.js";

/**
 * One line for people about an event worth their eyes while the run goes on; undefined for the many that
 * are not (a join, a reconnect that worked). Free of control characters.
 */
export function notable(event: RunEvent): string | undefined {
	const text = describe(event);
	return text === undefined ? undefined : stripControlCharacters(text);
}

function describe(event: RunEvent): string | undefined {
	switch (event.kind) {
		case "agent-joined":
			return event.isLate ? `agent ${event.agent} joined late, ${seats(event.seats)}` : undefined;
		case "agent-refused":
			return `agent ${event.agent} is not taken: ${event.reason}`;
		case "agent-lost":
			return `agent ${event.agent} lost (${event.reason}), silent for ${figure(event.silentMs, "ms")}; ${event.participantsLost} participants lost`;
		case "agent-replaced":
			return `agent ${event.agent} takes over ${seats(event.seats)} of ${event.lost}`;
		case "capacity-short":
			return `the agents offer to hold ${event.offered} ${event.engine} participants, and the plan has ${event.needed} at once`;
		case "worker-died":
			return `worker ${event.worker}${event.agent === undefined ? "" : ` of agent ${event.agent}`} (pid ${event.pid}) died: ${event.reason}; ${event.participantsLost} participants lost`;
		case "life-failed":
			return `participant ${event.seat}.${event.life} failed at ${event.stage}, ${event.cause}: ${event.detail}`;
		case "life-lost":
			return `participant ${event.seat}.${event.life} lost, ${event.cause}: ${event.detail}`;
		case "reconnecting":
			return `participant ${event.seat}.${event.life} is reconnecting (${event.how})`;
		case "reconnected":
			return `participant ${event.seat}.${event.life} reconnected in ${figure(event.durationMs, "ms")}`;
		case "threshold-abort":
			return `stopping: ${event.metric} ${event.expression} failed (abortOnFail)`;
		case "fault-began":
			return `fault ${event.do} (${event.means}), ${event.affected} participants`;
		case "fault-ended":
			return event.error === undefined ? undefined : `fault ${event.do}: ${event.error}`;
		case "fault-judged":
			return judged(event);
		case "run-resumed":
			return `going on at ${figure(event.elapsedMs, "ms")}, ${figure(event.gapMs, "ms")} after the run was killed`;
		case "stop-asked":
			return `stopping: ${event.reason}`;
		case "run-started":
		case "worker-started":
		case "life-joined":
		case "server":
		case "run-ended":
			return undefined;
	}
}

function seats(n: number): string {
	return n === 1 ? "1 seat" : `${n} seats`;
}

function judged(event: Extract<RunEvent, { kind: "fault-judged" }>): string {
	const { recovered, affected, recoveryMs, levelOk, levelText } = event;
	const times = recoveryMs
		? ` in ${figure(recoveryMs.p50, "ms")}, at most ${figure(recoveryMs.max, "ms")}`
		: "";
	const level = levelOk === false ? `; ${levelText ?? "not as before"}` : "";
	return `fault ${event.do}: ${recovered} of ${affected} recovered${times}${level}`;
}
