import type { RunInfo } from "../run/run-info.js";
import { writeAtomically } from "./atomic-file.js";
import { resultFolderPath } from "./result-folder.js";
import type { Sink } from "./sink.js";

export interface HtmlReportOptions {
	/** The folder of `--out`. */
	readonly out: string;
	/** Told in one sentence when the page cannot be written; the run's result does not depend on it. */
	readonly onTrouble: (message: string) => void;
}

/**
 * report.html in the result folder, made at the end from what is on the disk, exactly as `livesoak report` does it
 * later. While the run goes on it costs nothing. To be stopped after the result folder, and after the verdict is shown.
 */
export class HtmlReportSink implements Sink {
	readonly name = "html-report";
	readonly #options: HtmlReportOptions;
	#folder: string | undefined;

	constructor(options: HtmlReportOptions) {
		this.#options = options;
	}

	async start(run: RunInfo): Promise<void> {
		this.#folder = resultFolderPath(this.#options.out, run.runId);
	}

	onView(): void {}

	onEvent(): void {}

	async stop(): Promise<void> {
		if (this.#folder === undefined) return;
		const path = `${this.#folder}/report.html`;
		try {
			const [{ readReport }, { htmlReport }] = await Promise.all([
				import("../report/read-report.js"),
				import("../report/html/html-report.js"),
			]);
			await writeAtomically(path, await htmlReport(await readReport(this.#folder)));
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			this.#options.onTrouble(`${path} could not be written (${why}); nothing else lacks.`);
		}
	}
}
