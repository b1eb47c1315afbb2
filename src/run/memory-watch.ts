import type { MemoryReading } from "./memory-reading.js";

const everyMs = 5_000;

/** Asks for the memory of the processes of a run every few seconds; a slow answer is waited for, not asked for again. */
export class MemoryWatch {
	readonly #read: () => Promise<MemoryReading>;
	#timer: NodeJS.Timeout | undefined;
	#isAsking = false;
	#fresh: MemoryReading | undefined;

	constructor(read: () => Promise<MemoryReading>) {
		this.#read = read;
	}

	start(): void {
		this.#timer = setInterval(() => void this.#ask(), everyMs);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** What was read since the last call; undefined where there is nothing new. */
	take(): MemoryReading | undefined {
		const reading = this.#fresh;
		this.#fresh = undefined;
		return reading;
	}

	async #ask(): Promise<void> {
		if (this.#isAsking) return;
		this.#isAsking = true;
		try {
			this.#fresh = await this.#read();
		} catch {
			// What could not be read is not there.
		} finally {
			this.#isAsking = false;
		}
	}
}
