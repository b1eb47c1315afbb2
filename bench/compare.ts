import { UserError } from "../src/error/user-error.js";
import { comparisonTable, outcomesOf, type Row, rowsOf } from "./comparison.js";
import type { BenchContext } from "./context.js";
import { Lab } from "./lab.js";
import { LiveKitTester } from "./livekit-tester.js";
import { LivesoakTester } from "./livesoak-tester.js";
import { type Pair, type PairOrder, runPair } from "./pair.js";
import type { Workload } from "./workload.js";

/** From so many pairs on a ratio is worth quoting. */
const enoughPairs = 5;

export interface CompareOptions {
	readonly work: readonly Workload[];
	readonly pairs: number;
	/** Between the marks of a run. */
	readonly steadyMs: number;
}

/** All that was measured of one workload. */
interface Result {
	readonly work: Workload;
	readonly rows: readonly Row[];
	readonly pairs: readonly Pair[];
	/** Why there are fewer pairs than were asked for. */
	readonly broken?: { readonly message: string; readonly hint?: string };
}

/**
 * Runs by turns, and for each workload a table of what they cost.
 * @throws UserError after everything is shown and saved, where a workload could not be done
 */
export async function compare(context: BenchContext, options: CompareOptions): Promise<void> {
	const { env, say, show, signal, version } = context;
	const livesoak = new LivesoakTester(version);
	const liveKit = env.LK_BIN ? await LiveKitTester.find(env.LK_BIN) : undefined;
	if (!liveKit) say("LK_BIN is not set: livesoak runs alone, without anything to compare it with.");
	if (options.pairs < enoughPairs) say(`Quote no ratio from fewer than ${enoughPairs} pairs.`);
	const lab = await Lab.open(env, say, signal);
	const results: Result[] = [];
	try {
		for (const work of options.work) {
			const order = { lab, testers: { livesoak, liveKit }, work, steadyMs: options.steadyMs };
			const result = await runPairs(context, order, options.pairs);
			results.push(result);
			show(describe(result, lab, liveKit, options));
		}
	} finally {
		if (results.length > 0) {
			await context.save("compare", {
				...{ server: lab.version, livesoak: version, liveKit: liveKit?.version },
				...{ steadyMs: options.steadyMs, results },
			});
		}
		await lab.close();
	}
	const broken = results.find((result) => result.broken)?.broken;
	if (broken) throw new UserError({ ...broken, exitCode: 1 });
}

async function runPairs(
	context: BenchContext,
	order: Omit<PairOrder, "number">,
	count: number,
): Promise<Result> {
	const { work } = order;
	const pairs: Pair[] = [];
	const result = (broken?: Result["broken"]): Result => {
		return { work, rows: rowsOf(pairs), pairs, ...(broken && { broken }) };
	};
	for (let number = 0; number < count; number++) {
		context.say(`${work.name}, pair ${number + 1} of ${count}`);
		try {
			pairs.push(await runPair(context, { ...order, number }));
		} catch (error) {
			if (!(error instanceof UserError) || context.signal.aborted) throw error;
			const { message, hint } = error;
			return result({ message: `${work.name}: ${message}`, ...(hint !== undefined && { hint }) });
		}
	}
	return result();
}

function describe(
	{ work, rows, pairs, broken }: Result,
	lab: Lab,
	liveKit: LiveKitTester | undefined,
	{ steadyMs }: CompareOptions,
): string {
	const counted = `${pairs.length} ${pairs.length === 1 ? "pair" : "pairs"} by turns`;
	const discarded = pairs.reduce((sum, pair) => sum + pair.discarded.length, 0);
	return [
		"",
		`${work.name}: ${work.title}; ${counted}, ${steadyMs / 1000} s steady, livekit-server ${lab.version}`,
		...(pairs.length > 0 ? [comparisonTable(rows, liveKit?.version)] : []),
		...(liveKit?.notes(work).map((note) => `LiveKit's tester: ${note}.`) ?? []),
		...(pairs.length > 0 ? [`What livesoak said of its own runs: ${outcomesOf(pairs)}.`] : []),
		...(discarded > 0
			? [`${discarded} more did not bring all of the work and were repeated.`]
			: []),
		...(broken ? [broken.message] : []),
	].join("\n");
}
