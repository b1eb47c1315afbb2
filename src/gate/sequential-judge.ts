import { type Comparison, compareFigure, type Rounds } from "./compare-figure.js";
import type { Figure } from "./figures.js";
import type { FigureResult } from "./gate-result.js";
import { holm } from "./statistics/holm.js";
import type { Look } from "./statistics/looks.js";
import { mostPairs, pairsNeeded } from "./statistics/pairs-needed.js";

/** Where the judge stands after a look. */
export type Standing = "worse" | "settled" | "open";

/**
 * Judges every figure at each look. A figure that is settled stays so, with the numbers of that look (a group-sequential
 * test): each look has a level of its own, and the levels add up to alpha.
 *
 * - worse, better: there is a difference (two-sided test against none, Holm over all figures of the same say), and it
 *   is at least as large as the margin
 * - same: within the margin (equivalence, both one-sided tests). Without correction: to pass, *all* figures must be
 *   shown to be the same or better, and such a claim of all at once needs none (intersection-union test, Berger 1982)
 * - unknown: neither
 */
export class SequentialJudge {
	readonly #figures: readonly Figure[];
	readonly #power: number;
	readonly #settled = new Map<string, FigureResult>();
	#last: FigureResult[] = [];

	/** @param power asked for: what the number of rounds that are still needed is reckoned with */
	constructor(figures: readonly Figure[], power: number) {
		this.#figures = figures;
		this.#power = power;
	}

	/** @returns worse: a figure that judges is; settled: all that judge are known, and none is worse */
	look(rounds: Rounds, { level }: Pick<Look, "level">): Standing {
		for (const judges of [true, false]) this.#lookAt(judges, rounds, level);
		const judging = this.results.filter((one) => one.judges);
		if (judging.some(({ verdict }) => verdict === "worse")) return "worse";
		return judging.some(({ verdict }) => verdict === "unknown") ? "open" : "settled";
	}

	/** As of the last look. Figures that no round of either side has are left out. */
	get results(): readonly FigureResult[] {
		return this.#last;
	}

	#lookAt(judges: boolean, rounds: Rounds, level: number): void {
		const family = this.#figures.filter(
			(figure) => figure.judges === judges && isMeasured(figure, rounds),
		);
		const compared = family.map((figure) => compareFigure(figure, rounds, level));
		const isDifferent = holm(
			family.map(({ metric }, index) =>
				// What fell at an earlier look has fallen: the others need no longer share the level with it.
				this.#hasFallen(metric) ? 0 : (compared[index]?.pValue ?? 1),
			),
			level,
		);
		const levels = { level, differenceLevel: level / Math.max(1, family.length) };
		const results = family.map((figure, index): FigureResult => {
			const settled = this.#settled.get(figure.metric);
			if (settled) return settled;
			const comparison = compared[index];
			const result = comparison
				? this.#judged(figure, comparison, isDifferent[index] === true, levels, rounds)
				: unseen(figure, rounds);
			if (result.verdict !== "unknown") this.#settled.set(figure.metric, result);
			return result;
		});
		const others = this.#last.filter((one) => one.judges !== judges);
		const byMetric = new Map([...others, ...results].map((one) => [one.metric, one]));
		this.#last = this.#figures.flatMap(({ metric }) => byMetric.get(metric) ?? []);
	}

	#hasFallen(metric: string): boolean {
		const verdict = this.#settled.get(metric)?.verdict;
		return verdict === "worse" || verdict === "better";
	}

	#judged(
		figure: Figure,
		comparison: Comparison,
		isDifferent: boolean,
		levels: { readonly level: number; readonly differenceLevel: number },
		{ arePaired }: Rounds,
	): FigureResult {
		const { baseline, candidate, effect, margin, pValue, pairs, interval } = comparison;
		const result = {
			...{ metric: figure.metric, unit: figure.unit, judges: figure.judges, baseline, candidate },
			...{ effect, interval, margin, pValue, pairs },
			...(baseline === 0 ? {} : { relativeEffect: effect / Math.abs(baseline) }),
			test: arePaired ? "paired t over rounds, TOST" : "Welch t over rounds, TOST",
		};
		if (interval.low >= -margin && interval.high <= margin) return { ...result, verdict: "same" };
		if (isDifferent && Math.abs(effect) >= margin) {
			const isBetter = effect < 0 === (figure.better === "lower");
			return { ...result, verdict: isBetter ? "better" : "worse" };
		}
		const { deviation } = comparison;
		const needed = pairsNeeded({ effect, deviation, margin, ...levels, power: this.#power });
		if (needed >= mostPairs)
			return { ...result, verdict: "unknown", why: "the difference is too near to the margin" };
		// More than there are: those there are did not settle it.
		const roundsNeeded = 2 * Math.max(needed, pairs + 1);
		const why = `too noisy: about ${roundsNeeded - 2 * pairs} more rounds`;
		return { ...result, verdict: "unknown", roundsNeeded, why };
	}
}

function isMeasured({ metric }: Figure, { baseline, candidate }: Rounds): boolean {
	return [...baseline, ...candidate].some(({ values }) => values[metric] !== undefined);
}

/** Some rounds have it, but fewer than two of a side. */
function unseen(figure: Figure, { baseline, candidate, arePaired }: Rounds): FigureResult {
	const seen = [baseline, candidate].map(
		(rounds) => rounds.filter(({ values }) => values[figure.metric] !== undefined).length,
	);
	return {
		...{ metric: figure.metric, unit: figure.unit, judges: figure.judges, verdict: "unknown" },
		test: arePaired ? "paired t over rounds, TOST" : "Welch t over rounds, TOST",
		pairs: Math.min(...seen),
		why: `measured in ${seen[0]} rounds of the baseline and ${seen[1]} of the candidate`,
	};
}
