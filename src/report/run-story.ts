import { figure } from "../sink/figure.js";
import { type Verdict, verdicts } from "../verdict/verdict.js";
import { type AgentEvent, isAgentEvent } from "./agent-story.js";
import type { ReportEvent } from "./read-events.js";
import type { ReportMark } from "./report.js";

/** More marks than this hide what they should show. */
const mostMarks = 300;
/** Of a thousand machines, each lost and replaced a few times. */
const mostAgentEvents = 10_000;

type MarkedEvent = Extract<
	ReportEvent,
	{
		kind:
			| "worker-died"
			| "threshold-abort"
			| "stop-asked"
			| "run-resumed"
			| "agent-joined"
			| "agent-lost"
			| "agent-replaced";
	}
>;

type FaultEvent = Extract<ReportEvent, { kind: "fault-began" | "fault-ended" }>;

/** What events say of the run as a whole, gathered in one pass and bounded. */
export class RunStory {
	readonly #marked: MarkedEvent[] = [];
	readonly #failures = new Map<string, { stage: string; cause: string; count: number }>();
	readonly #lost = new Map<string, number>();
	readonly #faults: FaultEvent[] = [];
	readonly #agents: AgentEvent[] = [];
	#marksLeftOut = 0;
	joined = 0;
	workersDied = 0;
	eventsDropped = 0;
	/** Epoch milliseconds; undefined where the event is gone. */
	startedAtMs: number | undefined;
	serverVersion: string | undefined;
	/** Why somebody or something stopped it. */
	stopReason: string | undefined;
	/** As it was decided at the end; undefined while unfinished. */
	verdict: Verdict | undefined;

	get marksLeftOut(): number {
		return this.#marksLeftOut;
	}

	/** Told in the summary with more, where there is one. */
	get faults(): readonly FaultEvent[] {
		return this.#faults;
	}

	/** What became of the machines of a run over many. */
	get agents(): readonly AgentEvent[] {
		return this.#agents;
	}

	/** Joins that failed, by stage and cause. */
	get failures(): readonly { stage: string; cause: string; count: number }[] {
		return [...this.#failures.values()];
	}

	get lost(): readonly { cause: string; count: number }[] {
		return [...this.#lost].map(([cause, count]) => ({ cause, count }));
	}

	add(event: ReportEvent): void {
		if (isAgentEvent(event) && this.#agents.length < mostAgentEvents) this.#agents.push(event);
		switch (event.kind) {
			case "run-started":
				this.startedAtMs = event.atMs;
				return;
			case "server":
				this.serverVersion = event.version;
				return;
			case "worker-died":
				this.workersDied += 1;
				this.#mark(event);
				return;
			case "agent-joined":
				// At the start all do.
				if (event.isLate) this.#mark(event);
				return;
			case "agent-lost":
			case "agent-replaced":
				this.#mark(event);
				return;
			case "agent-refused":
				return;
			case "stop-asked":
				this.stopReason = event.reason;
				this.#mark(event);
				return;
			case "run-resumed":
			case "threshold-abort":
				this.#mark(event);
				return;
			case "fault-began":
			case "fault-ended":
				if (this.#faults.length < 2 * mostMarks) this.#faults.push(event);
				return;
			case "run-ended":
				this.verdict = verdicts.find((one) => one === event.verdict);
				return;
			case "events-dropped":
				this.eventsDropped += event.count;
				return;
			case "life-joined":
				this.joined += 1;
				return;
			case "life-failed": {
				const { stage, cause } = event;
				const key = `${stage} ${cause}`;
				const count = (this.#failures.get(key)?.count ?? 0) + 1;
				this.#failures.set(key, { stage, cause, count });
				return;
			}
			case "life-lost":
				this.#lost.set(event.cause, (this.#lost.get(event.cause) ?? 0) + 1);
				return;
			case "reconnecting":
			case "reconnected":
				return;
		}
	}

	/** @param startAtMs epoch milliseconds of the start of the run */
	marks(startAtMs: number): ReportMark[] {
		return this.#marked.map((event) => ({
			...{ kind: markKinds[event.kind], text: markText(event) },
			fromMs: Math.max(0, event.atMs - startAtMs),
		}));
	}

	#mark(event: MarkedEvent): void {
		if (this.#marked.length < mostMarks) this.#marked.push(event);
		else this.#marksLeftOut += 1;
	}
}

const markKinds: Readonly<Record<MarkedEvent["kind"], ReportMark["kind"]>> = {
	"worker-died": "worker-died",
	"agent-joined": "agent",
	"agent-lost": "agent",
	"agent-replaced": "agent",
	"threshold-abort": "threshold",
	"stop-asked": "stop",
	"run-resumed": "stop",
};

function markText(event: MarkedEvent): string {
	switch (event.kind) {
		case "worker-died":
			return `worker ${event.worker}${event.agent === undefined ? "" : ` of agent ${event.agent}`} died: ${event.reason}; ${event.participantsLost} participants lost`;
		case "agent-joined":
			return `agent ${event.agent} joined late, ${event.seats} seats`;
		case "agent-lost":
			return `agent ${event.agent} lost: ${event.reason}, silent for ${figure(event.silentMs, "ms")}; ${event.participantsLost} participants lost`;
		case "agent-replaced":
			return `agent ${event.agent} takes over ${event.seats} seats of ${event.lost}`;
		case "threshold-abort":
			return `${event.metric} ${event.expression} failed: the run ends (abortOnFail)`;
		case "run-resumed":
			return `killed, and resumed ${figure(event.gapMs, "ms")} later`;
		case "stop-asked":
			return `stopping: ${event.reason}`;
	}
}

/** One sentence on how far an unfinished run had come. */
export function unfinishedText(elapsedMs: number, plannedMs: number | undefined): string {
	const of = plannedMs === undefined ? "" : ` of ${figure(plannedMs, "ms")}`;
	return `there is no summary and no end in the events: killed after ${figure(elapsedMs, "ms")}${of}, or still running`;
}
