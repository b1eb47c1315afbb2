import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Aggregates } from "../aggregate/aggregates.js";
import { redactedJson, redactor } from "../error/redact.js";
import { UserError } from "../error/user-error.js";
import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import type { Summary } from "../verdict/summary.js";
import { AppendFile, type AppendTarget, newFile } from "./append-file.js";
import { writeAtomically } from "./atomic-file.js";
import { junitXml } from "./junit.js";
import { summaryMarkdown } from "./markdown.js";
import type { Sink } from "./sink.js";
import type { TimelineLine } from "./timeline.js";

export interface ResultFolderOptions {
	/** The folder of `--out`; made when missing. The run's own folder goes into it. */
	readonly out: string;
	/** Told once, in one sentence, when the disk no longer takes data; the run goes on. */
	readonly onTrouble: (message: string) => void;
	/** Known secrets of this run, which no file may hold. */
	readonly secrets?: readonly string[];
	/** @default a new file on the disk */
	readonly open?: (path: string) => Promise<AppendTarget>;
}

/** What may wait in memory for a slow disk, per file: minutes of a large run. */
const maxPendingBytes = 8_000_000;

/** The folder of one run below `--out`. */
export function resultFolderPath(out: string, runId: string): string {
	return join(out, runId);
}

/**
 * The result folder. run.json is there from the start; events and a timeline line a second are appended
 * and synced as the run goes, so that SIGKILL costs at most the last second; the summaries are written
 * whole at the end. A timeline second that cannot wait in memory any longer is merged into the next line
 * instead of dropped, so the windows always add up to the whole run.
 */
export class ResultFolderSink implements Sink {
	readonly name = "result-folder";
	readonly #options: ResultFolderOptions;
	readonly #redact: (text: string) => string;
	#folder = "";
	#events: AppendFile | undefined;
	#timeline: AppendFile | undefined;
	/** A second that did not fit into memory: it goes into the next line. */
	#carried: TimelineLine | undefined;
	#eventsDropped = 0;
	#lastEventMs = 0;
	#troubleTold = false;

	constructor(options: ResultFolderOptions) {
		this.#options = options;
		this.#redact = redactor(options.secrets ?? []);
	}

	async start(run: RunInfo): Promise<void> {
		const { out, open = newFile } = this.#options;
		this.#folder = resultFolderPath(out, run.runId);
		try {
			await mkdir(out, { recursive: true });
			await mkdir(this.#folder);
			this.#events = this.#appending(await open(join(this.#folder, "events.jsonl")));
			this.#timeline = this.#appending(await open(join(this.#folder, "timeline.jsonl")));
			// Last, because it also makes the names of the others durable.
			await writeAtomically(join(this.#folder, "run.json"), `${this.#json(run, "\t")}\n`);
		} catch (cause) {
			await Promise.all([this.#events?.close(), this.#timeline?.close()]);
			throw new UserError({
				message: `--out ${out}: cannot write the result folder ${this.#folder} (${reasonOf(cause)}).`,
				hint: "Name a folder that you may write to and that has room, for example --out ./results.",
				cause,
			});
		}
	}

	onView(view: RunView): void {
		const window = new Aggregates();
		if (this.#carried) window.merge(this.#carried.window);
		window.merge(view.window.snapshot());
		this.#appendSecond({
			atMs: view.nowMs,
			elapsedMs: view.elapsedMs,
			target: view.target,
			alive: view.alive,
			joining: view.joining,
			window: window.snapshot(),
			workers: [...view.workers],
		});
		this.#timeline?.flush();
		this.#events?.flush();
	}

	onEvent(event: RunEvent): void {
		this.#lastEventMs = event.atMs;
		this.#noteDropped();
		if (!this.#events?.append(this.#json(event))) this.#eventsDropped += 1;
	}

	async stop(summary: Summary): Promise<void> {
		await Promise.all([this.#events?.flush(), this.#timeline?.flush()]);
		// There is room in memory again if the disk has caught up.
		if (this.#carried) this.#appendSecond(this.#carried);
		this.#noteDropped();
		await Promise.all([this.#events?.close(), this.#timeline?.close()]);
		const clean: Summary = JSON.parse(this.#json(summary));
		await this.#writeWhole("summary.json", () => `${JSON.stringify(clean, undefined, "\t")}\n`);
		await this.#writeWhole("junit.xml", () => junitXml(clean));
		await this.#writeWhole("summary.md", () => summaryMarkdown(clean));
	}

	#appendSecond(line: TimelineLine): void {
		this.#carried = this.#timeline?.append(JSON.stringify(line)) ? undefined : line;
	}

	#noteDropped(): void {
		if (this.#eventsDropped === 0) return;
		const note = {
			atMs: this.#lastEventMs,
			kind: "events-dropped",
			count: this.#eventsDropped,
		};
		if (this.#events?.append(JSON.stringify(note))) this.#eventsDropped = 0;
	}

	/** The summaries are independent: one that cannot be written does not cost the others. */
	async #writeWhole(file: string, content: () => string): Promise<void> {
		try {
			await writeAtomically(join(this.#folder, file), content());
		} catch (error) {
			this.#trouble(error);
		}
	}

	#appending(target: AppendTarget): AppendFile {
		return new AppendFile(target, maxPendingBytes, (error) => this.#trouble(error));
	}

	#json(value: unknown, indent?: string): string {
		return redactedJson(value, this.#redact, indent);
	}

	#trouble(error: unknown): void {
		if (this.#troubleTold) return;
		this.#troubleTold = true;
		this.#options.onTrouble(
			`The result folder ${this.#folder} no longer takes data (${reasonOf(error)}): the run goes on, its files may be incomplete.`,
		);
	}
}

/** The system's own words, short: `ENOSPC: no space left on device`. */
function reasonOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.split(", ")[0] ?? text;
}
