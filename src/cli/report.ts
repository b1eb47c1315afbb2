import type { Argv, CommandModule } from "yargs";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";

/** What yargs makes of the flags of `livesoak report`. */
export interface ReportFlags {
	readonly dir: string;
	readonly compare?: string | undefined;
	/** False: `--no-html`. */
	readonly html?: string | false | undefined;
	readonly json: boolean;
}

/** `livesoak report <dir>`: what a result folder says, however much of it is left. */
export function reportCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, ReportFlags> {
	return {
		command: "report <dir>",
		describe: "Show the result of a run, and write report.html",
		builder: (yargs) =>
			outputFlags(yargs)
				.positional("dir", { type: "string", describe: "The result folder of a run" })
				.option("compare", {
					...{ type: "string", requiresArg: true },
					describe: "Another result folder, to be put beside it",
				}) as Argv<ReportFlags>,
		handler: (flags) =>
			choose(async () => (await import("./show-report.js")).showReport(environment, flags)),
	};
}

interface CompareFlags extends Omit<ReportFlags, "dir" | "compare"> {
	readonly a: string;
	readonly b: string;
}

/** `livesoak compare <a> <b>`: `report <a> --compare <b>` by the word that people look for. */
export function compareCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, CompareFlags> {
	return {
		command: "compare <a> <b>",
		describe: "Put the results of two runs side by side",
		builder: (yargs) =>
			outputFlags(yargs)
				.positional("a", { type: "string", describe: "The result folder of a run" })
				.positional("b", {
					...{ type: "string" },
					describe: "That of the run it is held against",
				}) as Argv<CompareFlags>,
		handler: ({ a, b, ...flags }) =>
			choose(async () => {
				const { showReport } = await import("./show-report.js");
				return showReport(environment, { ...flags, dir: a, compare: b });
			}),
	};
}

function outputFlags(yargs: Argv<object>) {
	return yargs
		.option("html", {
			...{ type: "string", requiresArg: true },
			describe: "Where the page goes [default: report.html in the folder; two runs: compare.html]",
		})
		.option("json", {
			...{ type: "boolean", default: false },
			describe: "Print the report, alone, as JSON on standard output",
		});
}
