import type { Clock } from "../../clock/clock.js";
import type { AgentLink } from "../link.js";
import { Outbox } from "./outbox.js";

/** Runs whose numbering is remembered: an agent may come back to one, and count on. */
const mostRuns = 100;

/** The outbox of each run that this agent has to do, or had to do, with. */
export class Outboxes {
	readonly #link: AgentLink;
	readonly #clock: Clock;
	/** Those last spoken to at the end. */
	readonly #byRun = new Map<string, Outbox>();

	constructor(link: AgentLink, clock: Clock) {
		this.#link = link;
		this.#clock = clock;
	}

	of(run: string): Outbox {
		const outbox =
			this.#byRun.get(run) ??
			new Outbox(
				(message) => this.#link.send(message),
				() => this.#clock.nowMs(),
			);
		this.#byRun.delete(run);
		this.#byRun.set(run, outbox);
		for (const oldest of this.#byRun.keys()) {
			if (this.#byRun.size <= mostRuns) break;
			this.#byRun.delete(oldest);
		}
		return outbox;
	}

	/** Sends what is to be sent, to each run for itself. */
	pump(): void {
		for (const outbox of this.#byRun.values()) void outbox.pump();
	}
}
