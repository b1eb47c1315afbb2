import type { Sink } from "../sink/sink.js";
import type { Summary } from "../verdict/summary.js";
import type { RunEvent } from "./run-event.js";
import type { RunInfo } from "./run-info.js";
import type { RunView } from "./run-view.js";

/** All sinks of a run as one. A sink that throws is left out from then on: it must not cost the run. */
export class Sinks {
	#sinks: Sink[] = [];
	/** What happened before the sinks were open: told when they are. */
	#early: RunEvent[] | undefined = [];

	/**
	 * Opened from last to first, as they are closed from first to last: a port in use is told before a result
	 * folder is made.
	 * @throws UserError when one of them cannot work at all
	 */
	async start(sinks: readonly Sink[], info: RunInfo): Promise<void> {
		for (const sink of sinks.toReversed()) await sink.start(info);
		this.#sinks = [...sinks];
		const early = this.#early ?? [];
		this.#early = undefined;
		for (const event of early) this.onEvent(event);
	}

	onView(view: RunView): void {
		this.#each((sink) => sink.onView(view));
	}

	onEvent(event: RunEvent): void {
		if (this.#early) this.#early.push(event);
		else this.#each((sink) => sink.onEvent(event));
	}

	/** The last flush of each, in order: what is shown at the end comes after what is stored. */
	async stop(summary: Summary): Promise<void> {
		for (const sink of this.#sinks) await sink.stop(summary).catch(() => {});
	}

	#each(act: (sink: Sink) => void): void {
		this.#sinks = this.#sinks.filter((sink) => {
			try {
				act(sink);
				return true;
			} catch {
				return false;
			}
		});
	}
}
