import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Aggregates } from "../aggregate/aggregates.js";
import { redactedJson, redactor } from "../error/redact.js";
import { UserError } from "../error/user-error.js";
import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import type { Summary } from "../verdict/summary.js";
import { AppendFile, type AppendTarget, newFile, oldFile } from "./append-file.js";
import { writeAtomically } from "./atomic-file.js";
import { junitXml } from "./junit.js";
import { makeFolders } from "./make-folders.js";
import { summaryMarkdown } from "./markdown.js";
import type { Sink } from "./sink.js";
import { thinWhileAppending } from "./thin-file.js";
import type { TimelineLine } from "./timeline.js";
import { type ThinningTier, thinningTiers } from "./timeline-thin.js";

export interface ResultFolderOptions {
	/** The folder of `--out`; made when missing. The run's own folder goes into it. */
	readonly out: string;
	/** Told once, in one sentence, when the disk no longer takes data; the run goes on. */
	readonly onTrouble: (message: string) => void;
	/** Known secrets of this run, which no file may hold. */
	readonly secrets?: readonly string[];
	/** Goes on with the folder of a killed run. @default false: it makes one */
	readonly isResumed?: boolean;
	/** How the timeline is thinned, and how often. @default by age, every ten minutes */
	readonly thinning?: { readonly tiers: readonly ThinningTier[]; readonly everyMs: number };
	/** @default a new file on the disk */
	readonly open?: (path: string) => Promise<AppendTarget>;
}

/** What may wait in memory for a slow disk, per file: minutes of a large run. */
const maxPendingBytes = 8_000_000;

/** Hours of tens of joins a second; past it only what is not about a single participant is kept. */
const maxEventBytes = 500_000_000;
const thinEveryMs = 10 * 60_000;

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
	#thinning: Promise<unknown> | undefined;
	#thinnedMs = 0;

	constructor(options: ResultFolderOptions) {
		this.#options = options;
		this.#redact = redactor(options.secrets ?? []);
	}

	async start(run: RunInfo): Promise<void> {
		const { out, isResumed = false } = this.#options;
		this.#folder = resultFolderPath(out, run.runId);
		try {
			await makeFolders(out);
			if (!isResumed) await mkdir(this.#folder);
			// Killed while it was thinned.
			else await rm(join(this.#folder, "timeline.jsonl.tmp"), { force: true });
			this.#events = await this.#appending("events.jsonl");
			this.#timeline = await this.#appending("timeline.jsonl");
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
		window.merge(view.window);
		this.#appendSecond({
			atMs: view.nowMs,
			elapsedMs: view.elapsedMs,
			target: view.target,
			alive: view.alive,
			joining: view.joining,
			window: window.snapshot(),
			...(view.tester && { tester: view.tester }),
			...(view.memory && { memory: view.memory }),
			...(view.heard && { heard: view.heard }),
			workers: [...view.workers],
		});
		this.#timeline?.flush();
		this.#events?.flush();
		this.#thin(view.elapsedMs);
	}

	onEvent(event: RunEvent): void {
		this.#lastEventMs = event.atMs;
		if ("seat" in event && (this.#events?.durable ?? 0) > maxEventBytes) {
			this.#eventsDropped += 1;
			return;
		}
		this.#noteDropped();
		if (!this.#events?.append(this.#json(event))) this.#eventsDropped += 1;
	}

	async stop(summary: Summary): Promise<void> {
		await this.#thinning;
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

	async #appending(file: string): Promise<AppendFile> {
		const { isResumed, open = newFile } = this.#options;
		const path = join(this.#folder, file);
		const { target, bytes } = isResumed
			? await oldFile(path)
			: { target: await open(path), bytes: 0 };
		return new AppendFile(target, maxPendingBytes, (error) => this.#trouble(error), bytes);
	}

	/** In the background; one that fails is tried again the next time. */
	#thin(nowMs: number): void {
		const { thinning, open } = this.#options;
		const { tiers, everyMs } = thinning ?? { tiers: thinningTiers, everyMs: thinEveryMs };
		const youngestMs = tiers[0]?.olderThanMs ?? Number.POSITIVE_INFINITY;
		if (nowMs < youngestMs || nowMs < this.#thinnedMs + everyMs) return;
		// A stand-in for a file has no path.
		if (this.#thinning || !this.#timeline || open) return;
		this.#thinnedMs = nowMs;
		const path = join(this.#folder, "timeline.jsonl");
		this.#thinning = thinWhileAppending(path, this.#timeline, nowMs, tiers)
			.catch(() => {})
			.finally(() => {
				this.#thinning = undefined;
			});
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
