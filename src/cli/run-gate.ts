import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import { openPcmSource } from "../audio/open-source.js";
import type { ExitCode } from "../error/exit-codes.js";
import { checkBaselineTarget, writeBaseline } from "../gate/baseline-file.js";
import { chooseFigures } from "../gate/choose-figures.js";
import type { Rounds } from "../gate/compare-figure.js";
import { type Conclusion, conclude } from "../gate/conclude.js";
import type { GateResult } from "../gate/gate-result.js";
import { fingerprint } from "../gate/machine.js";
import type { Round } from "../gate/round.js";
import { collectRounds, runRounds } from "../gate/run-rounds.js";
import { scenarioHash } from "../gate/scenario-hash.js";
import { SequentialJudge } from "../gate/sequential-judge.js";
import { looksOf } from "../gate/statistics/looks.js";
import type { GateFacts } from "../gate/stored-check.js";
import { makePlan } from "../plan/make-plan.js";
import type { Environment } from "./environment.js";
import type { AllGateFlags } from "./gate.js";
import { type GateNumbers, gateNumbers } from "./gate-options.js";
import { makeGateFolder, showGate } from "./gate-output.js";
import { namedSides, type OpenedSide, openSide, sideFacts } from "./gate-sides.js";
import { thisMachine } from "./live.js";
import { readScenario } from "./scenario-options.js";
import { livesoakVersion } from "./version.js";

/** What a gate came to, whether it compared or only stored. */
interface Outcome {
	readonly rounds: Rounds;
	readonly conclusion: Conclusion;
	readonly invalid: number;
	readonly looks: GateResult["looks"];
	readonly figures: GateResult["figures"];
}

/** @throws UserError: bad input (exit 2), or a server that is gone (exit 1) */
export async function runGate(environment: Environment, flags: AllGateFlags): Promise<ExitCode> {
	const numbers = gateNumbers(flags);
	const figures = chooseFigures(flags);
	const asked = await readScenario(flags);
	// Thresholds judge one server; one that ends a round early would spoil the comparison.
	const scenario = { ...asked, thresholds: {} };
	const plan = makePlan(scenario);
	const named = await namedSides(environment, flags);
	if (flags.updateBaseline !== undefined) await checkBaselineTarget(flags.updateBaseline);
	const sound = await soundOf(scenario.audio.source);
	const facts: GateFacts = {
		...{ scenario: scenario.name, scenarioHash: scenarioHash(scenario, sound) },
		...{ seed: scenario.seed, machine: fingerprint(thisMachine()), livesoakVersion },
	};
	const startedAt = new Date().toISOString();
	const gateId = `${startedAt.replace(/[-:]|\.\d+/g, "")}-gate-${scenario.name}-${randomBytes(3).toString("hex")}`;
	const folder = await makeGateFolder(flags.out, gateId);
	const say = (line: string) => {
		if (!flags.quiet && !flags.json) environment.stderr.write(`${line}\n`);
	};
	const order = {
		scenario,
		plan,
		scenarioFile: flags.scenario,
		folder,
		onRound: say,
		facts,
		sound,
	};
	const candidate = await openSide(environment, flags, "candidate", named.candidate, order);
	const baseline =
		named.baseline && (await openSide(environment, flags, "baseline", named.baseline, order));
	say(budget(numbers, plan.durationMs, [candidate, ...(baseline ? [baseline] : [])]));
	const outcome = baseline ? await compare(baseline, candidate) : await collect(candidate, numbers);
	const { rounds, conclusion, invalid } = outcome;
	const updated = await update(outcome);
	const result: GateResult = {
		...{ schema: 1, ...conclusion, gateId, startedAt, livesoakVersion },
		...{ scenario: facts.scenario, scenarioHash: facts.scenarioHash, seed: facts.seed },
		...(baseline ? { baseline: sideFacts(baseline, rounds.baseline) } : {}),
		candidate: sideFacts(candidate, rounds.candidate),
		...{ rounds: rounds.baseline.length + rounds.candidate.length, roundsInvalid: invalid },
		...{ alpha: numbers.alpha, power: numbers.power, looks: outcome.looks },
		figures: outcome.figures,
		notes: [
			...(baseline?.notes ?? []),
			...candidate.notes,
			...(Object.keys(asked.thresholds).length > 0
				? ["The scenario's thresholds have no say in a gate; livesoak run judges them."]
				: []),
			...updated,
		],
	};
	await showGate(environment, flags, { folder, result, rounds });
	return conclusion.exitCode;

	async function compare(a: OpenedSide, b: OpenedSide): Promise<Outcome> {
		const { minPairs, maxPairs, alpha, power } = numbers;
		const judge = new SequentialJudge(figures, power);
		const ran = await runRounds({
			...{ baseline: a.side, candidate: b.side, judge, ...numbers },
			looks: looksOf(minPairs, maxPairs, alpha),
			onLook: (standing, look) => say(`look after ${look.pairs} pairs: ${standing}`),
		});
		const shown = [...judge.results];
		const looks = ran.looks.map((look) => ({ ...look }));
		const conclusion = conclude(ran.end, shown, ran.reason);
		return { rounds: ran, conclusion, invalid: ran.invalid, looks, figures: shown };
	}

	/** The candidate's rounds become the baseline of later gates, unless it is not known to be good. */
	async function update({ conclusion, rounds }: Outcome): Promise<string[]> {
		const path = flags.updateBaseline;
		if (path === undefined) return [];
		if (conclusion.verdict !== "passed" && conclusion.verdict !== "stored")
			return [`${path} is left as it was: the gate did not pass.`];
		await writeBaseline(path, { ...facts, rounds: rounds.candidate }, startedAt);
		return [`The candidate's rounds are the baseline in ${path} now.`];
	}
}

async function collect(
	{ side }: OpenedSide,
	{ maxPairs, warmUp, retries }: GateNumbers,
): Promise<Outcome> {
	// A stored candidate without a baseline was refused when the flags were read.
	const order = { pairs: maxPairs, warmUp, retries };
	const ran =
		side.kind === "live"
			? await collectRounds({ side, ...order })
			: { end: "settled" as const, invalid: 0, rounds: side.rounds, reason: undefined };
	const none: readonly Round[] = [];
	return {
		rounds: { baseline: none, candidate: ran.rounds, arePaired: false },
		conclusion:
			ran.end === "settled"
				? { verdict: "stored", exitCode: 0, reason: "a baseline was made, nothing was compared" }
				: conclude(ran.end, [], ran.reason),
		...{ invalid: ran.invalid, looks: [], figures: [] },
	};
}

/** `10 to 34 rounds of 15 s: 2.8 to 9.6 min`. */
function budget(numbers: GateNumbers, roundMs: number, sides: readonly OpenedSide[]): string {
	const live = sides.filter(({ side }) => side.kind === "live").length;
	if (live === 0) return "both sides are stored: nothing is run";
	const most = live * (numbers.maxPairs + numbers.warmUp);
	const least = live * ((sides.length > 1 ? numbers.minPairs : numbers.maxPairs) + numbers.warmUp);
	const minutes = (rounds: number) => ((rounds * (roundMs + startMs)) / 60_000).toFixed(1);
	const each = `rounds of ${Math.round(roundMs / 1000)} s`;
	if (least === most) return `${most} ${each}: ${minutes(most)} min`;
	return `${least} to ${most} ${each}: ${minutes(least)} to ${minutes(most)} min`;
}

/** What a round takes beside its plan: a server, workers, the end. */
const startMs = 2_000;

/** @returns undefined for a sound that livesoak has itself. @throws UserError when the WAV file cannot be used */
async function soundOf(source: string): Promise<Uint8Array | undefined> {
	if (isBuiltInSource(source)) return undefined;
	await openPcmSource(source, (path) => readFile(path));
	return readFile(source);
}
