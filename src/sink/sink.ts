import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import type { Summary } from "../verdict/summary.js";

/**
 * Shows or stores a run: one file per kind. A sink never blocks or fails the run: `onView` and
 * `onEvent` take what they need at once; the last flush is in `stop`.
 */
export interface Sink {
	readonly name: string;
	/** @throws UserError when the sink cannot work at all (port in use, folder not writable). */
	start(run: RunInfo): Promise<void>;
	onView(view: RunView): void;
	onEvent(event: RunEvent): void;
	stop(summary: Summary): Promise<void>;
}
