import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { systemClock } from "../clock/system-clock.js";
import type { Check } from "../doctor/check.js";
import { token } from "../doctor/checks/token.js";
import type { DoctorContext, DoctorTarget } from "../doctor/context.js";
import { type Diagnosis, diagnose } from "../doctor/diagnosis.js";
import { examine } from "../doctor/examine.js";
import { diagnosisMarkdown } from "../doctor/output/markdown.js";
import { checkText, conclusionText } from "../doctor/output/tree.js";
import { redactDiagnosis, redactReport, secretsOf } from "../doctor/redact-diagnosis.js";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import { colorFor } from "../sink/color.js";
import type { TokenFlags } from "./doctor.js";
import type { DiagnosisFlags, DoctorFlags } from "./doctor-options.js";
import { doctorTarget, namedKey } from "./doctor-target.js";
import type { Environment } from "./environment.js";
import { readSecret, secretsHint } from "./read-secret.js";
import { livesoakVersion } from "./version.js";

/**
 * Examines all that the flags name, and tells the diagnosis.
 * @throws UserError when a flag or a file is wrong
 */
export async function runDoctor(environment: Environment, flags: DoctorFlags): Promise<ExitCode> {
	const target = await doctorTarget(flags, environment);
	hint(environment, secretsHint(flags));
	// Loaded only where it is needed: the engines cost a quarter of a second.
	const { checks } = await import("../doctor/checks.js");
	const { prepareFix } = await import("./fix-configs.js");
	const fix = await prepareFix(target, flags.fix);
	const code = await examineAndTell(environment, flags, checks, target, fix);
	// libjuice looks names up in threads of its own, for a minute where no name server answers, and cannot be stopped.
	await environment.exit?.(code);
	return code;
}

/**
 * Looks at one token, offline.
 * @throws UserError when there is none
 */
export async function runToken(environment: Environment, flags: TokenFlags): Promise<ExitCode> {
	const { env, argv } = environment;
	// yargs takes a lone "-" for an option without a name.
	const typed = flags.jwt === "" && argv.includes("-") ? "-" : flags.jwt;
	const given = typed ?? (env.LIVEKIT_TOKEN || undefined);
	if (given === undefined)
		throw new UserError({
			message: "The token is missing.",
			hint: "Give it as LIVEKIT_TOKEN, on standard input (livesoak doctor token -), or behind the command.",
		});
	const text = await readSecret("The token", given, environment);
	hint(environment, secretsHint({ token: typed, apiSecret: flags.apiSecret }));
	const target = { token: text, participants: 1, ...namedKey(flags, env) };
	return examineAndTell(environment, flags, [token], target);
}

function hint({ stderr }: Environment, line: string | undefined): void {
	if (line !== undefined) stderr.write(`${line}\n`);
}

async function examineAndTell(
	environment: Environment,
	flags: DiagnosisFlags,
	checks: readonly Check[],
	target: DoctorTarget,
	fix?: (context: DoctorContext) => Promise<readonly string[]>,
): Promise<ExitCode> {
	const { env, stdout, stderr, stdoutIsTty, signal } = environment;
	if (flags.markdown !== undefined) await checkWritable(flags.markdown);
	const context: DoctorContext = { target, facts: {}, clock: systemClock, signal };
	const style = { chalk: colorFor(env, stdoutIsTty), columns: stdout.columns };
	const examinedAt = new Date().toISOString();
	const reports = await examine(checks, context, {
		onReport: (report) => {
			if (!flags.json) stdout.write(checkText(redactReport(report, secretsOf(context)), style));
		},
	});
	const stopped = signal.aborted;
	const diagnosis = redactDiagnosis(diagnose(reports, { stopped }), secretsOf(context));
	stdout.write(
		flags.json
			? `${JSON.stringify(diagnosis, undefined, "\t")}\n`
			: conclusionText(diagnosis, style),
	);
	if (flags.markdown !== undefined) {
		const facts = { livesoakVersion, examinedAt, server: target.url?.host };
		await writeReport(flags.markdown, diagnosisMarkdown(diagnosis, facts));
	}
	if (stopped) return exitCodes.aborted;
	for (const line of (await fix?.(context)) ?? []) stderr.write(`${line}\n`);
	return exitCodeOf(diagnosis);
}

function exitCodeOf({ ok }: Diagnosis): ExitCode {
	return ok ? exitCodes.passed : exitCodes.fault;
}

/** Told before the examination, not after it. */
async function checkWritable(path: string): Promise<void> {
	try {
		await access(dirname(path), constants.W_OK);
	} catch (cause) {
		throw unwritable(path, cause);
	}
}

async function writeReport(path: string, text: string): Promise<void> {
	try {
		await writeFile(path, text);
	} catch (cause) {
		throw unwritable(path, cause);
	}
}

function unwritable(path: string, cause: unknown): UserError {
	const reason = cause instanceof Error && "code" in cause ? cause.code : "unknown reason";
	return new UserError({ message: `--markdown ${path}: cannot be written (${reason}).`, cause });
}
