import { build as buildHistogram, type Histogram } from "hdr-histogram-js";
import type { WorkerLoad } from "./messages.js";

/** Microseconds, so that sub-millisecond lag is seen; up to a minute. */
const ticksPerMs = 1000;
const highestMs = 60_000;

/** Measures what this process costs: CPU, memory, and how late its clock ticks. */
export class WorkerLoadMeter {
	readonly #process: Pick<NodeJS.Process, "cpuUsage" | "memoryUsage">;
	readonly #lag: Histogram = buildHistogram({
		lowestDiscernibleValue: 1,
		highestTrackableValue: highestMs * ticksPerMs,
		numberOfSignificantValueDigits: 2,
	});
	#beganAtCpuMicros = 0;
	#lastCpuMicros = 0;
	#lastAtMs: number;

	constructor(process: Pick<NodeJS.Process, "cpuUsage" | "memoryUsage">, nowMs: number) {
		this.#process = process;
		this.#lastAtMs = nowMs;
	}

	/** From here on the plan is lived: what it took to get ready (native code to load) is no load of the run. */
	begin(nowMs: number): void {
		const { user, system } = this.#process.cpuUsage();
		this.#beganAtCpuMicros = user + system;
		this.#lastCpuMicros = this.#beganAtCpuMicros;
		this.#lastAtMs = nowMs;
	}

	onLag(lagMs: number): void {
		this.#lag.recordValue(Math.round(Math.min(Math.max(lagMs, 0), highestMs) * ticksPerMs));
	}

	/** The load since the last call. */
	take(nowMs: number): WorkerLoad {
		const { user, system } = this.#process.cpuUsage();
		const cpuMicros = user + system;
		const cpu = (cpuMicros - this.#lastCpuMicros) / 1000 / Math.max(1, nowMs - this.#lastAtMs);
		const lagP99Ms = this.#lag.totalCount > 0 ? this.#lag.getValueAtPercentile(99) / ticksPerMs : 0;
		this.#lag.reset();
		this.#lastCpuMicros = cpuMicros;
		this.#lastAtMs = nowMs;
		const rssBytes = this.#process.memoryUsage().rss;
		const cpuSeconds = (cpuMicros - this.#beganAtCpuMicros) / 1e6;
		return { cpu, cpuSeconds, rssBytes, lagP99Ms };
	}
}
