import type { FaultOutcome } from "../run/run-event.js";
import type { Recovery } from "../sample/recovery.js";
import type { FaultSummary } from "../verdict/summary.js";
import type { FaultMoment } from "./moments.js";

/** What became of one fault and of those that it met. Figures alone remain of it once it is over. */
export class FaultAccount {
	readonly moment: FaultMoment;
	readonly means: string;
	/** Epoch milliseconds. */
	readonly beganAtMs: number;
	/** Recovery is counted from here; undefined as long as the fault goes on. */
	fromMs: number | undefined;
	untilMs: number | undefined;
	error: string | undefined;
	level: { readonly isBack: boolean; readonly text?: string } | undefined;
	readonly #pending: Set<number>;
	readonly #affected: number;
	readonly #recoveriesMs: number[] = [];
	readonly #gapsMs: number[] = [];
	#failed = 0;

	constructor(
		moment: FaultMoment,
		facts: { beganAtMs: number; means: string; seats: readonly number[] },
	) {
		this.moment = moment;
		this.means = facts.means;
		this.beganAtMs = facts.beganAtMs;
		this.#pending = new Set(facts.seats);
		this.#affected = facts.seats.length;
	}

	/** Seats of which it is not known yet. */
	get pending(): readonly number[] {
		return [...this.#pending];
	}

	/** @returns false for a seat of which it is known already */
	settle(seat: number, outcome: Recovery | "gone"): boolean {
		if (!this.#pending.delete(seat)) return false;
		if (outcome === "gone") return true;
		this.#gapsMs.push(outcome.gapMs);
		if (outcome.outcome === "recovered") this.#recoveriesMs.push(outcome.recoveryMs);
		else this.#failed++;
		return true;
	}

	get outcome(): FaultOutcome {
		const recoveryMs = spread(this.#recoveriesMs);
		const audioGapMs = spread(this.#gapsMs);
		return {
			affected: this.#affected,
			recovered: this.#recoveriesMs.length,
			failed: this.#failed,
			...(recoveryMs && { recoveryMs }),
			...(audioGapMs && { audioGapMs }),
			...(this.level && { levelOk: this.level.isBack }),
			...(this.level?.text !== undefined && { levelText: this.level.text }),
		};
	}

	/** @param startAtMs of the run @param nowMs where the run ends before the fault does (both epoch milliseconds) */
	summary(startAtMs: number, nowMs: number): FaultSummary {
		return {
			do: this.moment.fault.effect.do,
			atMs: Math.max(0, this.beganAtMs - startAtMs),
			untilMs: Math.max(0, (this.untilMs ?? nowMs) - startAtMs),
			means: this.means,
			...(this.error === undefined ? {} : { error: this.error }),
			...this.outcome,
		};
	}
}

/** Nearest-rank percentiles; undefined of nothing. */
export function spread(values: readonly number[]): FaultSummary["recoveryMs"] {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
	const [p50, p95, max] = [at(0.5), at(0.95), sorted.at(-1)];
	if (p50 === undefined || p95 === undefined || max === undefined) return undefined;
	return { p50, p95, max };
}
