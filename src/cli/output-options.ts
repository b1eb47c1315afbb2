import type { Argv } from "yargs";
import { UserError } from "../error/user-error.js";
import type { Connection } from "../pool/connection.js";
import { colorFor } from "../sink/color.js";
import { JsonSink } from "../sink/json.js";
import { PlainSink } from "../sink/plain.js";
import { PrometheusSink, parsePrometheusAddress } from "../sink/prometheus.js";
import { QuietSink } from "../sink/quiet.js";
import { ResultFolderSink, resultFolderPath } from "../sink/result-folder.js";
import type { Sink } from "../sink/sink.js";
import { TerminalSink } from "../sink/terminal.js";
import type { Environment } from "./environment.js";

/** The flags that say where figures go. */
export function outputOptions<T>(yargs: Argv<T>) {
	return yargs
		.option("out", {
			...{ type: "string", default: "results", requiresArg: true, group: "Output:" },
			describe: "Folder for the result folders",
		})
		.option("prometheus", {
			...{ type: "string", requiresArg: true, group: "Output:" },
			describe: "HOST:PORT of a Prometheus endpoint that is up until the run ends",
		})
		.option("json", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the summary, alone, on standard output",
		})
		.option("quiet", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the verdict only",
		});
}

export interface OutputFlags {
	readonly out: string;
	readonly prometheus?: string | undefined;
	readonly json: boolean;
	readonly quiet: boolean;
}

/**
 * The sinks that the flags ask for, as soon as the run has a name.
 * @throws UserError naming the flag that is wrong
 */
export function outputSinks(environment: Environment, flags: OutputFlags) {
	const { env, stdout, stderr, stderrIsTty } = environment;
	if (flags.out === "") throw new UserError({ message: "--out is empty.", hint: "Name a folder." });
	const address =
		flags.prometheus === undefined ? undefined : parsePrometheusAddress(flags.prometheus);
	return (runId: string, secrets: readonly string[]): Sink[] => {
		const chalk = colorFor(env, stderrIsTty);
		const final = { chalk, resultFolder: resultFolderPath(flags.out, runId) };
		const onTrouble = (line: string) => stderr.write(`${line}\n`);
		return [
			new ResultFolderSink({ out: flags.out, secrets, onTrouble }),
			...(flags.json ? [new JsonSink(stdout)] : []),
			...(flags.json ? [] : [shown()]),
			// Last: it stays up until everything else is written.
			...(address ? [new PrometheusSink(address)] : []),
		];
		function shown(): Sink {
			if (flags.quiet) return new QuietSink(stderr);
			return stderrIsTty ? new TerminalSink(stderr, final) : new PlainSink(stderr, final);
		}
	};
}

/** What no file and no message may hold. */
export function secretsOf({ tokens, turn }: Connection): string[] {
	return [
		...(tokens.kind === "minted" ? [tokens.apiSecret] : []),
		...(turn?.kind === "rest" ? [turn.secret] : []),
		...(turn?.kind === "static" ? [turn.password] : []),
	];
}
