import type { WorkerLoad } from "./messages.js";

/** Measures what this process costs: CPU and memory. */
export class WorkerLoadMeter {
	readonly #process: Pick<NodeJS.Process, "cpuUsage" | "memoryUsage">;
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

	/** The load since the last call. */
	take(nowMs: number): Omit<WorkerLoad, "lagP99Ms"> {
		const { user, system } = this.#process.cpuUsage();
		const cpuMicros = user + system;
		const cpu = (cpuMicros - this.#lastCpuMicros) / 1000 / Math.max(1, nowMs - this.#lastAtMs);
		this.#lastCpuMicros = cpuMicros;
		this.#lastAtMs = nowMs;
		const rssBytes = this.#process.memoryUsage().rss;
		const cpuSeconds = (cpuMicros - this.#beganAtCpuMicros) / 1e6;
		return { cpu, cpuSeconds, rssBytes };
	}
}
