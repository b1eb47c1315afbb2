import { ticksPerUnit } from "../aggregate/catalogue.js";
import type { AggregatesSnapshot } from "../aggregate/snapshot.js";
import { type TrendFigureName, trendFigureNames, trendFigures } from "../trend/figures.js";
import { TrendSeries } from "../trend/series.js";
import { type LoadCorner, type Stretch, steadyStretch } from "../trend/steady.js";
import { type Trend, trendOf } from "../trend/trend.js";
import type { MemoryReading } from "./memory-reading.js";
import type { RunView } from "./run-view.js";

/** A second of a run that is on the disk. */
interface PastSecond {
	readonly elapsedMs: number;
	readonly window: AggregatesSnapshot;
}

const media = ["rtp.loss", "rtp.jitter", "connect.media"] as const;

/** Follows the figures that may drift over the steady part of a run, in memory that does not grow with it. */
export class TrendWatch {
	readonly #stretch: Stretch | undefined;
	readonly #series = new Map<TrendFigureName, TrendSeries>(
		trendFigureNames.map((name) => [name, new TrendSeries()]),
	);
	/** Which process a memory figure is of. */
	readonly #lives = new Map<TrendFigureName, string>();

	constructor(corners: readonly LoadCorner[]) {
		this.#stretch = steadyStretch(corners);
	}

	/** False where no hold is long enough: there is nothing to watch. */
	get isWatching(): boolean {
		return this.#stretch !== undefined;
	}

	/** What a fault does is told by its recovery, and is no drift. */
	onView(view: RunView): void {
		const { elapsedMs, window, activeFaults = [] } = view;
		if (!this.#isSteady(elapsedMs)) return;
		if (activeFaults.length === 0) {
			for (const name of media) {
				const part = window.distribution(name);
				if (part) this.#series.get(name)?.add(elapsedMs, part.sum, part.denominator);
			}
		}
		if (view.memory) this.#onMemory(elapsedMs, view.memory, view.workers);
	}

	/** Takes up a run that went before. Its processes are gone, and their memory with them. */
	onPast({ elapsedMs, window }: PastSecond): void {
		if (!this.#isSteady(elapsedMs)) return;
		for (const name of media) {
			const part = window.distributions[name];
			const ticks = name === "rtp.loss" ? 1 : ticksPerUnit.ms;
			if (part) this.#series.get(name)?.add(elapsedMs, part.numerator / ticks, part.denominator);
		}
	}

	/** What the figures did; those that were not seen for long enough are left out. */
	trends(): Trend[] {
		return trendFigures.flatMap((figure) => {
			const series = this.#series.get(figure.name);
			const span = series?.span;
			return (series && span && trendOf(figure, series.points(), span)) ?? [];
		});
	}

	#isSteady(elapsedMs: number): boolean {
		const stretch = this.#stretch;
		return stretch !== undefined && elapsedMs >= stretch.fromMs && elapsedMs < stretch.untilMs;
	}

	#onMemory(atMs: number, memory: MemoryReading, workers: RunView["workers"]): void {
		const { testerBytes } = memory;
		// A worker that has not reported yet says 0.
		if (testerBytes !== undefined && workers.every(({ rssBytes }) => rssBytes > 0)) {
			const bytes = workers.reduce((sum, { rssBytes }) => sum + rssBytes, testerBytes);
			this.#addMemory("tester.memory", atMs, bytes, workers.map(({ pid }) => pid).join(" "));
		}
		this.#addMemory("server.memory", atMs, memory.serverBytes, `${memory.serverLife}`);
		this.#addMemory("turn.memory", atMs, memory.turnBytes, `${memory.turnLife}`);
	}

	#addMemory(
		name: TrendFigureName,
		atMs: number,
		bytes: number | undefined,
		processLife: string,
	): void {
		if (bytes === undefined) return;
		const series = this.#series.get(name);
		if (this.#lives.get(name) !== processLife) series?.restart();
		this.#lives.set(name, processLife);
		series?.add(atMs, bytes, 1);
	}
}
