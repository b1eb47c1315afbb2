import { createLogUpdate } from "log-update";
import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { type FinalTextOptions, finalText } from "./final-text.js";
import { liveFrame } from "./live-frame.js";
import { notable } from "./notable.js";
import type { Sink } from "./sink.js";

/** A terminal, as `process.stderr` is one when it is a TTY. */
export type TerminalOutput = NodeJS.WritableStream & { readonly columns?: number };

/** At most four pictures a second: enough for the eye, cheap over ssh. */
const redrawPeriodMs = 250;
const defaultColumns = 80;
/** One view's second is too short to read joins/s from. */
const joinRateViews = 5;

/** The live view of a run on a TTY; it ends by leaving the final report on the screen. */
export class TerminalSink implements Sink {
	readonly name = "terminal";
	readonly #output: TerminalOutput;
	readonly #final: FinalTextOptions;
	readonly #draw: ReturnType<typeof createLogUpdate>;
	#run: RunInfo | undefined;
	#serverVersion: string | undefined;
	#lastNotable: string | undefined;
	#lastDrawMs = Number.NEGATIVE_INFINITY;
	/** The latest views' times and joins so far, oldest first. */
	#joins: { readonly elapsedMs: number; readonly joined: number }[] = [];

	constructor(output: TerminalOutput, final: FinalTextOptions) {
		this.#output = output;
		this.#final = final;
		this.#draw = createLogUpdate(output);
	}

	async start(run: RunInfo): Promise<void> {
		this.#run = run;
	}

	onView(view: RunView): void {
		if (!this.#run) return;
		this.#joins.push({
			elapsedMs: view.elapsedMs,
			joined: view.totals.counter("participants", { event: "joined" }),
		});
		if (this.#joins.length > joinRateViews + 1) this.#joins.shift();
		if (view.elapsedMs - this.#lastDrawMs < redrawPeriodMs) return;
		this.#lastDrawMs = view.elapsedMs;
		const frame = liveFrame({
			run: this.#run,
			view,
			joinsPerSecond: this.#joinsPerSecond(),
			columns: this.#output.columns ?? defaultColumns,
			chalk: this.#final.chalk,
			...(this.#serverVersion === undefined ? {} : { serverVersion: this.#serverVersion }),
			...(this.#lastNotable === undefined ? {} : { lastNotable: this.#lastNotable }),
		});
		this.#draw(frame.join("\n"));
	}

	onEvent(event: RunEvent): void {
		if (event.kind === "server") this.#serverVersion = stripControlCharacters(event.version);
		this.#lastNotable = notable(event) ?? this.#lastNotable;
	}

	async stop(summary: Summary): Promise<void> {
		this.#draw.clear();
		// Gives the cursor back.
		this.#draw.done();
		this.#output.write(`${finalText(summary, this.#final)}\n`);
	}

	#joinsPerSecond(): number {
		const first = this.#joins[0];
		const last = this.#joins.at(-1);
		if (!first || !last || last.elapsedMs <= first.elapsedMs) return 0;
		return ((last.joined - first.joined) * 1_000) / (last.elapsedMs - first.elapsedMs);
	}
}
