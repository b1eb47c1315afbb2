import type { Argv } from "yargs";
import { UserError } from "../error/user-error.js";

/** The flags of `livesoak gate` beside those of scenario and connection. */
export function gateOptions<T>(yargs: Argv<T>) {
	return yargs
		.option("baseline", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe:
				"What is good: a livekit-server, ws(s)://HOST, a baseline .json or a results folder",
		})
		.option("candidate", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe: "What is to be judged: the same kinds",
		})
		.option("allow-same", {
			...{ type: "boolean", default: false, group: "Gate:" },
			describe: "Baseline and candidate may be the same (to see what the gate makes of noise)",
		})
		.option("update-baseline", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe:
				"Store the candidate's rounds in this .json if it passes; without --baseline just store",
		})
		.option("min-pairs", {
			...{ type: "string", default: "4", requiresArg: true, group: "Gate:" },
			describe: "Rounds of each side before the first look",
		})
		.option("max-pairs", {
			...{ type: "string", default: "16", requiresArg: true, group: "Gate:" },
			describe: "Rounds of each side at most",
		})
		.option("warm-up", {
			...{ type: "string", default: "1", requiresArg: true, group: "Gate:" },
			describe: "Rounds of each side that do not count, at the start",
		})
		.option("retries", {
			...{ type: "string", default: "3", requiresArg: true, group: "Gate:" },
			describe: "So many rounds may be run again because the tester could not keep up",
		})
		.option("alpha", {
			...{ type: "string", default: "0.05", requiresArg: true, group: "Gate:" },
			describe: "Chance of a false alarm, over all figures and looks",
		})
		.option("power", {
			...{ type: "string", default: "0.9", requiresArg: true, group: "Gate:" },
			describe: "What the rounds that are still needed are reckoned with",
		})
		.option("margin", {
			...{ type: "string", array: true, nargs: 1, group: "Gate:" },
			describe: 'Within it a figure is the same: "connect.media p95=10%"; repeatable',
		})
		.option("figure", {
			...{ type: "string", array: true, nargs: 1, group: "Gate:" },
			describe: "Only this figure judges, the others are shown; repeatable",
		})
		.option("advisory", {
			...{ type: "string", array: true, nargs: 1, group: "Gate:" },
			describe: "This figure is only shown; repeatable",
		})
		.option("shares-only", {
			...{ type: "boolean", default: false, group: "Gate:" },
			describe: "Compare shares and MOS alone: allows a stored baseline of another machine",
		})
		.option("candidate-api-key", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe: "Of the candidate's URL, where it is not --api-key",
		})
		.option("candidate-api-secret", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe: "Its secret; better in LIVESOAK_CANDIDATE_API_SECRET",
		})
		.option("baseline-metrics", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe: "http://HOST:PORT/metrics of the baseline's livekit-server, for its CPU and memory",
		})
		.option("candidate-metrics", {
			...{ type: "string", requiresArg: true, group: "Gate:" },
			describe: "The same of the candidate's",
		})
		.option("out", {
			...{ type: "string", default: "results", requiresArg: true, group: "Output:" },
			describe: "Folder for the gate's folder",
		})
		.option("json", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the result, alone, on standard output",
		})
		.option("quiet", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the verdict only",
		});
}

/** What yargs makes of them. */
export interface GateFlags {
	readonly baseline?: string | undefined;
	readonly candidate?: string | undefined;
	readonly allowSame: boolean;
	readonly updateBaseline?: string | undefined;
	readonly minPairs: string;
	readonly maxPairs: string;
	readonly warmUp: string;
	readonly retries: string;
	readonly alpha: string;
	readonly power: string;
	readonly margin?: readonly string[] | undefined;
	readonly figure?: readonly string[] | undefined;
	readonly advisory?: readonly string[] | undefined;
	readonly sharesOnly: boolean;
	readonly candidateApiKey?: string | undefined;
	readonly candidateApiSecret?: string | undefined;
	readonly baselineMetrics?: string | undefined;
	readonly candidateMetrics?: string | undefined;
	readonly out: string;
	readonly json: boolean;
	readonly quiet: boolean;
}

/** The numbers among them. */
export interface GateNumbers {
	readonly minPairs: number;
	readonly maxPairs: number;
	readonly warmUp: number;
	readonly retries: number;
	readonly alpha: number;
	readonly power: number;
}

/** @throws UserError naming the flag that is out of its range */
export function gateNumbers(flags: GateFlags): GateNumbers {
	const whole = (flag: string, text: string, least: number) =>
		numberIn(flag, text, `a whole number from ${least}`, (n) => Number.isInteger(n) && n >= least);
	const share = (flag: string, text: string, most: number) =>
		numberIn(flag, text, `a number above 0 and below ${most}`, (n) => n > 0 && n < most);
	const minPairs = whole("--min-pairs", flags.minPairs, 2);
	const maxPairs = whole("--max-pairs", flags.maxPairs, 2);
	if (minPairs > maxPairs) {
		throw new UserError({
			message: `--min-pairs ${minPairs} is more than --max-pairs ${maxPairs}.`,
			hint: "Give the same number twice for one look at the end.",
		});
	}
	return {
		...{ minPairs, maxPairs },
		warmUp: whole("--warm-up", flags.warmUp, 0),
		retries: whole("--retries", flags.retries, 0),
		alpha: share("--alpha", flags.alpha, 0.5),
		power: share("--power", flags.power, 1),
	};
}

function numberIn(
	flag: string,
	text: string,
	right: string,
	isRight: (value: number) => boolean,
): number {
	const value = text.trim() === "" ? Number.NaN : Number(text);
	if (isRight(value)) return value;
	throw new UserError({ message: `${flag} ${text}: expected ${right}.` });
}
