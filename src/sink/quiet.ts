import type { Summary } from "../verdict/summary.js";
import type { TextOutput } from "./output.js";
import type { Sink } from "./sink.js";
import { verdictLine } from "./verdict-line.js";

/** `--quiet`: nothing while the run goes on, then the verdict in one line. */
export class QuietSink implements Sink {
	readonly name = "quiet";
	readonly #output: TextOutput;

	constructor(output: TextOutput) {
		this.#output = output;
	}

	async start(): Promise<void> {}

	onView(): void {}

	onEvent(): void {}

	async stop(summary: Summary): Promise<void> {
		this.#output.write(`${verdictLine(summary)}\n`);
	}
}
