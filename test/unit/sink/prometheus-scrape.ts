import type { RunView } from "../../../src/run/run-view.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { runInfo } from "./fabricated-run.js";

/** The labels that all series of the fabricated run have. */
export const whose = `run="${runInfo.runId}",scenario="${runInfo.scenarioName}"`;

/** Value by series, as `name{label="value",…}` in the text has it, without the labels that all have. */
export function parse(text: string): Map<string, number> {
	const lines = text
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => line.replace(`,${whose}}`, "}").replace(`{${whose}}`, ""));
	return new Map(
		lines.map((line) => {
			const cut = line.lastIndexOf(" ");
			return [line.slice(0, cut), Number(line.slice(cut + 1))];
		}),
	);
}

/** What is shown of the fabricated run when it looks like this. */
export async function scrape(view?: RunView): Promise<Map<string, number>> {
	const state = { run: runInfo, serverVersion: "1.13.5", ...(view ? { view } : {}) };
	return parse(await prometheusRegistry(() => state).metrics());
}
