import type { Summary } from "../verdict/summary.js";
import type { TextOutput } from "./output.js";
import type { Sink } from "./sink.js";

/** `--json`: the summary, alone, on standard output; the same object as summary.json. */
export class JsonSink implements Sink {
	readonly name = "json";
	readonly #output: TextOutput;

	constructor(output: TextOutput) {
		this.#output = output;
	}

	async start(): Promise<void> {}

	onView(): void {}

	onEvent(): void {}

	async stop(summary: Summary): Promise<void> {
		this.#output.write(`${JSON.stringify(summary, undefined, "\t")}\n`);
	}
}
