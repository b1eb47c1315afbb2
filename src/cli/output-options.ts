import type { Argv } from "yargs";
import { UserError } from "../error/user-error.js";
import type { Connection } from "../pool/connection.js";
import { type PrometheusAddress, parsePrometheusAddress } from "../sink/prometheus-address.js";
import type { PushReceiver } from "../sink/push-receiver.js";
import { type PushTarget, readPushTarget } from "../sink/push-target.js";
import type { Sink } from "../sink/sink.js";
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
		.option("pushgateway", {
			...{ type: "string", requiresArg: true, group: "Output:" },
			describe: "URL of a Prometheus Pushgateway that gets the same metrics",
		})
		.option("otlp", {
			...{ type: "string", requiresArg: true, group: "Output:" },
			describe:
				"URL of an OTLP/HTTP receiver that gets them: http://HOST:9090/api/v1/otlp is Prometheus",
		})
		.option("html", {
			...{ type: "boolean", default: true, group: "Output:" },
			describe: "Write report.html into the result folder; --no-html leaves it out",
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
	readonly pushgateway?: string | undefined;
	readonly otlp?: string | undefined;
	readonly html?: boolean | undefined;
	readonly json: boolean;
	readonly quiet: boolean;
}

/**
 * The sinks that the flags ask for, as soon as the run has a name. Each is loaded only where it is wanted, and
 * none before the flags are checked: tables, colours and a Prometheus registry take longer than a join.
 * @throws UserError naming the flag that is wrong
 */
export function outputSinks(environment: Environment, flags: OutputFlags, isResumed = false) {
	const { env, stdout, stderr, stderrIsTty, killSignal } = environment;
	if (flags.out === "") throw new UserError({ message: "--out is empty.", hint: "Name a folder." });
	const address =
		flags.prometheus === undefined ? undefined : parsePrometheusAddress(flags.prometheus);
	const { out, json, quiet } = flags;
	const targets = pushTargets(flags, env);
	const pushSecrets = targets.flatMap(({ secrets }) => secrets);
	return async (runId: string, connectionSecrets: readonly string[]): Promise<Sink[]> => {
		const secrets = [...connectionSecrets, ...pushSecrets];
		const { ResultFolderSink, resultFolderPath } = await import("../sink/result-folder.js");
		const onTrouble = (line: string) => stderr.write(`${line}\n`);
		return [
			new ResultFolderSink({ out, secrets, onTrouble, isResumed }),
			await shown(resultFolderPath(out, runId)),
			// After the verdict is shown: nobody waits for a page.
			...(flags.html ? [await page(out, onTrouble)] : []),
			// After all that is shown and stored: a receiver may keep the end waiting.
			...(await Promise.all(targets.map((target) => pushed(target, secrets, onTrouble)))),
			// Last: it stays up until everything else is written.
			...(address ? [await exposed(address)] : []),
		];
	};

	async function pushed(
		target: PushTarget,
		secrets: readonly string[],
		onTrouble: (line: string) => void,
	): Promise<Sink> {
		const { PushSink } = await import("../sink/push.js");
		const receiver = await pushReceiver(target);
		return new PushSink({ receiver, secrets, onTrouble, kill: killSignal });
	}

	async function shown(resultFolder: string): Promise<Sink> {
		if (json) return new (await import("../sink/json.js")).JsonSink(stdout);
		if (quiet) return new (await import("../sink/quiet.js")).QuietSink(stderr);
		const { colorFor } = await import("../sink/color.js");
		const final = { chalk: colorFor(env, stderrIsTty), resultFolder };
		if (stderrIsTty) return new (await import("../sink/terminal.js")).TerminalSink(stderr, final);
		return new (await import("../sink/plain.js")).PlainSink(stderr, final);
	}
}

/** @throws UserError naming the flag or the variable that is wrong */
function pushTargets({ pushgateway, otlp }: OutputFlags, env: NodeJS.ProcessEnv): PushTarget[] {
	return [
		...(pushgateway === undefined ? [] : [readPushTarget("--pushgateway", pushgateway, env)]),
		...(otlp === undefined ? [] : [readPushTarget("--otlp", otlp, env)]),
	];
}

async function pushReceiver(target: PushTarget): Promise<PushReceiver> {
	if (target.flag === "--otlp")
		return new (await import("../sink/push-otlp.js")).OtlpReceiver(target);
	return new (await import("../sink/push-pushgateway.js")).PushgatewayReceiver(target);
}

async function page(out: string, onTrouble: (line: string) => void): Promise<Sink> {
	return new (await import("../sink/html-report.js")).HtmlReportSink({ out, onTrouble });
}

async function exposed(address: PrometheusAddress): Promise<Sink> {
	return new (await import("../sink/prometheus.js")).PrometheusSink(address);
}

/** What no file and no message may hold. */
export function secretsOf({ tokens, turn }: Connection): string[] {
	return [
		...(tokens.kind === "minted" ? [tokens.apiSecret] : []),
		...(turn?.kind === "rest" ? [turn.secret] : []),
		...(turn?.kind === "static" ? [turn.password] : []),
	];
}
