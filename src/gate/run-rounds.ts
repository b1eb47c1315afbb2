import type { Rounds } from "./compare-figure.js";
import type { Round, SideName } from "./round.js";
import type { SequentialJudge, Standing } from "./sequential-judge.js";
import type { Look } from "./statistics/looks.js";

/** What one run came to. */
export type RoundOutcome =
	| { readonly kind: "measured"; readonly round: Round }
	/** The tester could not keep up: it says nothing, and is run again. */
	| { readonly kind: "invalid"; readonly reason: string }
	/** The user stopped it. */
	| { readonly kind: "aborted" };

/** A side whose rounds are run now, or were run before. */
export type Side = LiveSide | { readonly kind: "stored"; readonly rounds: readonly Round[] };

export interface LiveSide {
	readonly kind: "live";
	/** @param pair below 1: a warm-up, that does not count */
	run(pair: number): Promise<RoundOutcome>;
}

export type RoundsEnd = Standing | "invalid" | "aborted";

export interface RoundsResult extends Rounds {
	readonly end: RoundsEnd;
	readonly invalid: number;
	/** Of the last round that was not measured. */
	readonly reason?: string;
	/** The looks that were taken. */
	readonly looks: readonly Look[];
}

/**
 * Runs rounds until the answer is clear: the sides by turns, A B B A A B …, so that what grows or shrinks steadily
 * over time (a machine that warms up) weighs on both alike.
 */
export async function runRounds(order: {
	readonly baseline: Side;
	readonly candidate: Side;
	readonly judge: SequentialJudge;
	/** Smallest first. With two stored sides all that there is is looked at once. */
	readonly looks: readonly Look[];
	/** Pairs that are run first and do not count. */
	readonly warmUp: number;
	/** Rounds that may be run again in all. */
	readonly retries: number;
	onLook?(standing: Standing, look: Look): void;
}): Promise<RoundsResult> {
	const { judge, looks, retries } = order;
	const sides = { baseline: order.baseline, candidate: order.candidate };
	const done: Record<SideName, Round[]> = {
		baseline: storedRounds(order.baseline),
		candidate: storedRounds(order.candidate),
	};
	const arePaired = order.baseline.kind === "live" && order.candidate.kind === "live";
	const taken: Look[] = [];
	let invalid = 0;
	const result = (end: RoundsEnd, reason?: string): RoundsResult => {
		const rounds = { ...done, arePaired };
		return { ...rounds, end, invalid, looks: taken, ...(reason ? { reason } : {}) };
	};
	if (order.baseline.kind === "stored" && order.candidate.kind === "stored") {
		const level = looks.reduce((sum, look) => sum + look.level, 0);
		const pairs = Math.min(done.baseline.length, done.candidate.length);
		taken.push({ pairs, level });
		return result(judge.look({ ...done, arePaired }, { level }));
	}
	let standing: Standing = "open";
	let pair = 1 - order.warmUp;
	for (const look of looks) {
		for (; pair <= look.pairs; pair++) {
			for (const name of turn(pair)) {
				const side = sides[name];
				if (side.kind === "stored") continue;
				const { outcome, repeated } = await runUntilValid(side, pair, retries - invalid);
				invalid += repeated;
				if (outcome.kind === "aborted") return result("aborted");
				if (outcome.kind === "invalid") return result("invalid", outcome.reason);
				if (pair >= 1) done[name].push(outcome.round);
			}
		}
		taken.push(look);
		standing = judge.look({ ...done, arePaired }, look);
		order.onLook?.(standing, look);
		if (standing !== "open") break;
	}
	return result(standing);
}

/** A round that the tester could not keep up with is run again, so often at most. */
async function runUntilValid(side: LiveSide, pair: number, retries: number) {
	for (let repeated = 0; ; repeated++) {
		const outcome = await side.run(pair);
		if (outcome.kind !== "invalid" || repeated >= retries) return { outcome, repeated };
	}
}

/** Rounds of one side alone, to be kept as a baseline. */
export async function collectRounds(order: {
	readonly side: LiveSide;
	readonly pairs: number;
	readonly warmUp: number;
	readonly retries: number;
}): Promise<Omit<RoundsResult, keyof Rounds | "looks"> & { readonly rounds: readonly Round[] }> {
	const rounds: Round[] = [];
	let invalid = 0;
	for (let pair = 1 - order.warmUp; pair <= order.pairs; pair++) {
		const { outcome, repeated } = await runUntilValid(order.side, pair, order.retries - invalid);
		invalid += repeated;
		if (outcome.kind === "aborted") return { end: "aborted", invalid, rounds };
		if (outcome.kind === "invalid")
			return { end: "invalid", invalid, rounds, reason: outcome.reason };
		if (pair >= 1) rounds.push(outcome.round);
	}
	return { end: "settled", invalid, rounds };
}

/** Odd pairs begin with the baseline, even ones with the candidate. */
export function turn(pair: number): readonly [SideName, SideName] {
	return pair % 2 === 0 ? ["candidate", "baseline"] : ["baseline", "candidate"];
}

function storedRounds(side: Side): Round[] {
	return side.kind === "stored" ? [...side.rounds] : [];
}
