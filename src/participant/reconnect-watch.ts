import type { LifeRef, RunEvent } from "../run/run-event.js";
import type { ParticipantLabels, Sample } from "../sample/sample.js";

type How = "resume" | "restart" | "unknown";

/** Times the reconnects of one participant: each counts once, with its duration or as never come back. */
export class ReconnectWatch {
	readonly #labels: ParticipantLabels;
	readonly #ref: LifeRef;
	readonly #out: { emit(sample: Sample): void; tell(event: RunEvent): void };
	#open: { atMs: number; how: How } | undefined;
	#isOver = false;

	constructor(
		labels: ParticipantLabels,
		ref: LifeRef,
		out: { emit(sample: Sample): void; tell(event: RunEvent): void },
	) {
		this.#labels = labels;
		this.#ref = ref;
		this.#out = out;
	}

	begin(atMs: number, how: How): void {
		if (this.#open || this.#isOver) return;
		this.#open = { atMs, how };
		this.#out.tell({ kind: "reconnecting", atMs, ...this.#ref, how });
	}

	end(atMs: number): void {
		if (!this.#open) return;
		const durationMs = Math.max(0, atMs - this.#open.atMs);
		this.#out.emit({ kind: "reconnect", labels: this.#labels, cause: this.#open.how, durationMs });
		this.#out.tell({ kind: "reconnected", atMs, ...this.#ref, durationMs });
		this.#open = undefined;
	}

	get isUnderWay(): boolean {
		return this.#open !== undefined;
	}

	/** The life is over: a reconnect that is under way never came back, and no other begins. Idempotent. */
	abandon(): void {
		this.#isOver = true;
		if (!this.#open) return;
		this.#out.emit({ kind: "reconnect", labels: this.#labels, cause: this.#open.how });
		this.#open = undefined;
	}
}
