import { UserError } from "../src/error/user-error.js";
import type { BenchContext } from "./context.js";
import type { Run } from "./figures.js";
import type { Lab } from "./lab.js";
import type { LiveKitTester } from "./livekit-tester.js";
import type { LivesoakTester } from "./livesoak-tester.js";
import { turnsOf } from "./statistics.js";
import type { Tester } from "./tester.js";
import { holdMsFor, measure, measureJoins, type Trial } from "./trial.js";
import type { Workload } from "./workload.js";

/** Nobody waits for the end of a run that is for its joins. */
const burstHoldMs = 60_000;
/** A second and stream. Audio has 50 or so; signalling alone, which is in the server's count, well below 1. */
const leastPacketsPerSecond = 10;
/** Somebody else's minute on the machine must not cost the pairs before it. */
const attempts = 3;

/** livesoak's turn and, where LK_BIN is given, that of LiveKit's tester right before or after it. */
export interface Pair {
	readonly livesoak: Run;
	readonly liveKit?: Run;
	/** Attempts before this one that did not bring all of the work: why. */
	readonly discarded: readonly string[];
}

export interface PairOrder {
	readonly lab: Lab;
	readonly testers: {
		readonly livesoak: LivesoakTester;
		readonly liveKit: LiveKitTester | undefined;
	};
	readonly work: Workload;
	readonly steadyMs: number;
	/** From 0: odd ones are run the other way round. */
	readonly number: number;
}

/** Runs a pair, again where it did not bring the work. @throws UserError where it did not three times */
export async function runPair(context: BenchContext, order: PairOrder): Promise<Pair> {
	const discarded: string[] = [];
	for (;;) {
		try {
			return { ...(await runOnce(context, order)), discarded };
		} catch (error) {
			if (!(error instanceof HalfWork) || discarded.length + 1 === attempts) throw error;
			discarded.push(error.message);
			context.say(`  ${error.message} Once more.`);
		}
	}
}

async function runOnce(
	{ say, signal }: BenchContext,
	{ lab, testers, work, steadyMs, number }: PairOrder,
): Promise<Omit<Pair, "discarded">> {
	const { livesoak, liveKit } = testers;
	const trials = new Map<Tester | undefined, Trial>();
	for (const tester of turnsOf<Tester | undefined>(livesoak, liveKit, number)) {
		if (!tester) continue;
		const order = { work, arrival: "paced", holdMs: holdMsFor(steadyMs) } as const;
		const trial = await measure(lab, await tester.prepare(order), steadyMs, signal);
		refuseHalfWork(tester, trial);
		const micros = (trial.steady.cpuSeconds * 1e6) / trial.steady.packets;
		say(`  ${tester.name}: ${micros.toFixed(2)} µs a packet, steady; ${trial.told.outcome}`);
		trials.set(tester, trial);
	}
	const burst = { work, arrival: "burst", holdMs: burstHoldMs } as const;
	const burstJoinsPerSecond = await measureJoins(lab, await livesoak.prepare(burst), signal);
	const [own, other] = [trials.get(livesoak), liveKit && trials.get(liveKit)];
	if (!own) throw new Error("livesoak had no turn");
	return {
		livesoak: { trial: own, burstJoinsPerSecond },
		...(other ? { liveKit: { trial: other } } : {}),
	};
}

/** A run that lacks some of the work is cheap for the wrong reason. */
function refuseHalfWork(tester: Tester, trial: Trial): void {
	const { joined, participants, streams, streamsWanted } = trial;
	if (joined < participants || streams < streamsWanted) {
		const brought = `${joined} of ${participants} participants and ${streams} of ${streamsWanted} streams`;
		throw new HalfWork(`${tester.name} brought ${brought}, so its cost says nothing.`);
	}
	const perStream = (trial.steady.packets * 1000) / trial.steady.ms / streams;
	if (perStream >= leastPacketsPerSecond) return;
	throw new UserError({
		message: `${tester.name} published next to nothing: the server delivered ${perStream.toFixed(1)} packets a second and stream.`,
		hint: "A livekit-cli built from its Go module has no media: see docs/bench.md.",
		exitCode: 1,
	});
}

class HalfWork extends UserError {
	constructor(message: string) {
		super({ message, hint: "Is the machine too small, or busy with something else?", exitCode: 1 });
	}
}
