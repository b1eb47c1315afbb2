import { type Vitals, vitalsOf } from "../../bench/churn/vitals.js";
import type { Clock } from "../../src/clock/clock.js";
import { Ticker } from "../../src/clock/ticker.js";

/** A ticker that knows how many tasks it still has. */
export class CountingTicker extends Ticker {
	tasks = 0;

	constructor(clock: Clock) {
		super(clock, 10, () => {});
	}

	override add(task: (nowMs: number) => void): () => void {
		const remove = super.add(task);
		let isThere = true;
		this.tasks++;
		return () => {
			remove();
			if (isThere) this.tasks--;
			isThere = false;
		};
	}
}

/** What this process holds of the world: libuv's handles by kind (those of native callbacks are `async`), and more. */
export interface Held extends Omit<Vitals, "rssBytes" | "anonymousBytes"> {
	readonly handles: Readonly<Record<string, number>>;
}

export function heldNow(): Held {
	const report = process.report.getReport() as unknown as { libuv: { type: string }[] };
	const handles: Record<string, number> = {};
	for (const { type } of report.libuv) handles[type] = (handles[type] ?? 0) + 1;
	const vitals = vitalsOf(process.pid);
	if (!vitals) throw new Error("no /proc");
	const { fds, sockets, threads } = vitals;
	return { fds, sockets, threads, handles };
}
