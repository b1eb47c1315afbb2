import type { RunEvent } from "../run/run-event.js";
import type { RunView } from "../run/run-view.js";
import type { Summary } from "../verdict/summary.js";
import { clockTime, figure } from "./figure.js";
import { type FinalTextOptions, finalText } from "./final-text.js";
import { agentsUp } from "./live-agents.js";
import { liveFigures } from "./live-figures.js";
import { notable } from "./notable.js";
import type { TextOutput } from "./output.js";
import type { Sink } from "./sink.js";

/** Lines are for logs: a few a minute tell a soak, one a second would bury it. */
const linePeriodMs = 5_000;
/** The rest of a storm of failures is in events.jsonl; the lines show its numbers. */
const notablesPerLine = 5;

/** Plain progress for logs and pipes: a line every five seconds, then the final report. */
export class PlainSink implements Sink {
	readonly name = "plain";
	readonly #output: TextOutput;
	readonly #final: FinalTextOptions;
	#lastLineMs = Number.NEGATIVE_INFINITY;
	#notables = 0;

	constructor(output: TextOutput, final: FinalTextOptions) {
		this.#output = output;
		this.#final = final;
	}

	async start(): Promise<void> {}

	onView(view: RunView): void {
		// Views come about once a second: half a view early counts as on time, or lines would drift.
		if (view.elapsedMs - this.#lastLineMs < linePeriodMs - 500) return;
		this.#lastLineMs = view.elapsedMs;
		if (this.#notables > notablesPerLine)
			this.#write(`+${this.#notables - notablesPerLine} more events like these`);
		this.#notables = 0;
		this.#write(plainLine(view));
	}

	onEvent(event: RunEvent): void {
		if (event.kind === "server") this.#write(`server: LiveKit ${event.version}`);
		const line = notable(event);
		if (line === undefined) return;
		this.#notables += 1;
		if (this.#notables <= notablesPerLine) this.#write(line);
	}

	async stop(summary: Summary): Promise<void> {
		this.#write(finalText(summary, this.#final));
	}

	#write(text: string): void {
		this.#output.write(`${text}\n`);
	}
}

/** `00:15 alive 12/12 joining 0 joined 12 failed 0 p95 connect.media 412ms loss 0.00% jitter p95 3ms lag p99 4ms` */
export function plainLine(view: RunView): string {
	const figures = liveFigures(view);
	const up = agentsUp(view);
	return [
		clockTime(view.elapsedMs),
		...(up === undefined ? [] : [`agents ${up}`]),
		`alive ${view.alive}/${view.target}`,
		`joining ${view.joining}`,
		`joined ${figures.joined}`,
		`failed ${figures.failed}`,
		...(figures.lost > 0 ? [`lost ${figures.lost}`] : []),
		`p95 connect.media ${figure(figures.connectMediaP95Ms, "ms")}`,
		`loss ${figure(figures.run.loss, "ratio")}`,
		`jitter p95 ${figure(figures.run.jitterP95Ms, "ms")}`,
		...(figures.data
			? [
					`data loss ${figure(figures.data.loss, "ratio")}`,
					`latency p95 ${figure(figures.data.latencyP95Ms, "ms")}`,
				]
			: []),
		`lag p99 ${figure(figures.lagP99Ms, "ms")}`,
	].join(" ");
}
