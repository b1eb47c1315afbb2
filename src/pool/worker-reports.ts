import type { Aggregates } from "../aggregate/aggregates.js";
import { fold } from "../aggregate/fold.js";
import type { Engine } from "../engine/engine.js";
import type { Life } from "../plan/plan.js";
import { isLifeSample, type Sample } from "../sample/sample.js";
import { LifeAccount, type LossCause } from "./life-account.js";
import type { WorkerDeps } from "./worker-deps.js";
import type { WorkerLoadMeter } from "./worker-load.js";

interface WorkerMeters {
	/** What the engines and the ticker are measured with, from before the first report on. */
	readonly aggregates: Aggregates;
	readonly load: WorkerLoadMeter;
	readonly engines: readonly Engine[];
}

/** What a worker tells its parent: each turn of a life at once, all that is measured in sums, when it is asked to. */
export class WorkerReports {
	readonly #deps: Pick<WorkerDeps, "clock" | "send">;
	readonly #meters: WorkerMeters;
	readonly #serverVersions = new Set<string>();
	readonly #account = new LifeAccount();
	#areAllClosed = false;

	constructor(deps: Pick<WorkerDeps, "clock" | "send">, meters: WorkerMeters) {
		this.#deps = deps;
		this.#meters = meters;
	}

	/** The plan begins: what it took to get ready is no load of the run. */
	begin(): void {
		this.#meters.load.begin(this.#deps.clock.nowMs());
	}

	onSample(sample: Sample, { seat, number }: Life): void {
		if (!isLifeSample(sample)) {
			fold(this.#meters.aggregates, sample);
			return;
		}
		// They are counted already.
		if (this.#areAllClosed) return;
		this.#account.apply(seat.index, number, sample);
		this.#deps.send({ kind: "life", seat: seat.index, life: number, sample });
	}

	/** Whoever is in a room or joins one is counted as lost now, whatever may become of them. */
	closeLives(cause: LossCause): void {
		this.#areAllClosed = true;
		for (const turn of this.#account.closeLives(cause)) this.#deps.send({ kind: "life", ...turn });
	}

	/** Told once of each version. */
	onServer(version: string): void {
		if (this.#serverVersions.has(version)) return;
		this.#serverVersions.add(version);
		const event = { kind: "server", atMs: this.#deps.clock.nowMs(), version } as const;
		this.#deps.send({ kind: "event", event });
	}

	/** What was measured since the last report. */
	report(): void {
		const { aggregates, load, engines } = this.#meters;
		const lagP99Ms = aggregates.distribution("tester.lag")?.percentile(99) ?? 0;
		const taken = { ...load.take(this.#deps.clock.nowMs()), lagP99Ms };
		for (const engine of engines) {
			const delay = engine.takeBridgeDelay?.();
			if (delay) aggregates.merge({ counters: {}, distributions: { "turn.bridgeDelay": delay } });
		}
		this.#deps.send({ kind: "report", aggregates: aggregates.takeDelta(), load: taken });
	}
}
