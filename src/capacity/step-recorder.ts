import type { ServerReading } from "../backend/server-metrics.js";
import type { RunView } from "../run/run-view.js";
import type { Sink } from "../sink/sink.js";

/** What is looked at beside the run itself; each answers undefined where it cannot tell. */
export interface Probes {
	server(): Promise<ServerReading | undefined>;
	/** CPU seconds of coturn so far. */
	turnCpuSeconds(): Promise<number | undefined>;
	receiveErrors(): Promise<number | undefined>;
}

/** One look. */
export interface Reading {
	readonly atMs: number;
	/** Everybody should be there. */
	readonly isHeld: boolean;
	/** RTP packets received since the start of the run. */
	readonly packets: number;
	/** Of all workers, cores. */
	readonly testerCpu: number;
	readonly server: ServerReading | undefined;
	readonly turnCpuSeconds: number | undefined;
	readonly receiveErrors: number | undefined;
}

/** Looks at the server, TURN and this machine once a second while a run goes on. */
export class StepRecorder implements Sink {
	readonly name = "capacity";
	readonly readings: Reading[] = [];
	readonly #probes: Probes;
	readonly #heldFromMs: number;
	readonly #nowMs: () => number;
	#looking: Promise<void> | undefined;

	/** @param heldFromMs since the start of the run: when everybody should be there */
	constructor(probes: Probes, heldFromMs: number, nowMs: () => number) {
		this.#probes = probes;
		this.#heldFromMs = heldFromMs;
		this.#nowMs = nowMs;
	}

	async start(): Promise<void> {}

	onEvent(): void {}

	onView(view: RunView): void {
		// A server that answers late is asked less often, not more often.
		if (this.#looking) return;
		const { elapsedMs, durationMs, totals, workers } = view;
		const taken = {
			isHeld: elapsedMs >= this.#heldFromMs && elapsedMs <= durationMs,
			packets: totals.counter("packets", { direction: "received" }),
			testerCpu: workers.reduce((sum, { cpu }) => sum + cpu, 0),
		};
		this.#looking = this.#look(taken).finally(() => {
			this.#looking = undefined;
		});
	}

	async stop(): Promise<void> {
		await this.#looking;
	}

	async #look(taken: Pick<Reading, "isHeld" | "packets" | "testerCpu">): Promise<void> {
		const atMs = this.#nowMs();
		const [server, turnCpuSeconds, receiveErrors] = await Promise.all([
			this.#probes.server(),
			this.#probes.turnCpuSeconds(),
			this.#probes.receiveErrors(),
		]);
		this.readings.push({ atMs, ...taken, server, turnCpuSeconds, receiveErrors });
	}
}
