import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../error/user-error.js";
import { makePlan } from "../plan/make-plan.js";
import type { Plan } from "../plan/plan.js";
import { type RunFile, readRun } from "../report/read-run.js";
import { resultFolderName } from "../report/result-folder.js";
import { type ReadResume, readResume } from "../run/read-resume.js";
import type { Scenario } from "../scenario/scenario.js";
import { hostOf } from "../verdict/build-summary.js";
import type { ScenarioFlags } from "./scenario-options.js";
import { livesoakVersion } from "./version.js";

/** A killed run, ready to go on. */
export interface Resumed {
	readonly run: RunFile;
	readonly scenario: Scenario;
	readonly plan: Plan;
	/** Of the result folders. */
	readonly out: string;
	readonly point: ReadResume;
	/** Whether nobody has gone on with the folder since it was read. */
	isAsRead(): Promise<boolean>;
}

/** Workers notice within a second that their parent is gone. */
const workersEndWithinMs = 5_000;
const lookEveryMs = 100;

/** SHA-256 of a scenario file's text, in hex. */
export function textHash(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

/**
 * Reads the folder of `--resume`.
 * @throws UserError where the run is finished, still goes on, or would go on as another one
 */
export async function readResumed(folder: string): Promise<Resumed> {
	const name = await resultFolderName(folder);
	const { value: run, missing } = await readRun(folder);
	if (!run) throw refused(folder, missing, "Without it nobody knows what was run: start anew.");
	if (await isThere(join(folder, "summary.json")))
		throw refused(
			folder,
			"the run is finished: it has a summary.json.",
			`livesoak report ${folder} shows it.`,
		);
	if (run.livesoakVersion !== livesoakVersion)
		throw refused(
			folder,
			`it was begun by livesoak ${run.livesoakVersion}, and this is ${livesoakVersion}: their figures may differ.`,
			"Resume it with the version that began it.",
		);
	if (name !== run.runId)
		throw refused(folder, `the folder of run ${run.runId} was renamed.`, "Give it its name back.");
	await checkScenarioFile(folder, run);
	const scenario = run.scenario as Scenario;
	const plan = planOf(folder, run);
	const bytes = await timelineBytes(folder);
	const point = await readResume(folder, plan, scenario, run.resumed ?? []);
	await checkOver(folder, point);
	const isAsRead = async () => (await timelineBytes(folder)) === bytes;
	return { run, scenario, plan, out: dirname(resolve(folder)), point, isAsRead };
}

/** The run goes on as it began. @throws UserError naming the flag that would change it */
export function refuseChanges(
	folder: string,
	argv: readonly string[],
	flags: Partial<ScenarioFlags>,
): void {
	const { engine, ice, duration, participants, seed, set } = flags;
	const given = { engine, ice, duration, participants, seed, set };
	const isOutGiven = argv.some((word) => word === "--out" || word.startsWith("--out="));
	const flag =
		Object.entries(given).find(([, value]) => value !== undefined)?.[0] ??
		(isOutGiven ? "out" : undefined);
	if (flag !== undefined)
		throw refused(
			folder,
			`--${flag} cannot be given with it: the run goes on as it began.`,
			"Leave it out.",
		);
	if (flags.scenario !== undefined)
		throw refused(
			folder,
			`the folder names its scenario itself, so ${flags.scenario} cannot be given with it.`,
			"For example: livesoak run --resume results/20261122T140845Z-smoke-59015b",
		);
}

/** @param url as the flags name it; undefined: an embedded server @throws UserError where it is another server */
export function checkSameServer(folder: string, run: RunFile, url: string | undefined): void {
	const host = url === undefined ? undefined : hostOf(url);
	if (run.serverEmbedded && host !== undefined)
		throw refused(
			folder,
			`the run began on an embedded server, not on ${host}.`,
			"Leave --url out, and LIVEKIT_URL unset.",
		);
	if (!run.serverEmbedded && host !== run.serverUrl)
		throw refused(
			folder,
			`the run began on ${run.serverUrl}, not on ${host ?? "an embedded server"}.`,
			"Name the same server; URLs and keys are not stored with a run.",
		);
}

/** @throws UserError where it would be lived by this machine instead of agents, or the other way round */
export function checkSameMachines(folder: string, run: RunFile, isFleet: boolean): void {
	if (run.agents && !isFleet)
		throw refused(
			folder,
			"the run began on agents.",
			"Name the Redis where they wait: --redis redis://HOST:6379",
		);
	if (!run.agents && isFleet)
		throw refused(folder, "the run began on this machine, without agents.", "Leave --redis out.");
}

async function checkScenarioFile(folder: string, run: RunFile): Promise<void> {
	// The folder has the scenario itself: a file that is gone or unreadable changes nothing.
	const text = await readFile(run.scenarioFile, "utf8").catch(() => undefined);
	if (text === undefined || run.scenarioSha256 === undefined) return;
	if (textHash(text) === run.scenarioSha256) return;
	throw refused(
		folder,
		`${run.scenarioFile} has changed since the run began.`,
		"Put it back as it was, or start anew.",
	);
}

function planOf(folder: string, run: RunFile): Plan {
	let plan: Plan | undefined;
	try {
		plan = makePlan(run.scenario as Scenario);
	} catch {
		// Told below.
	}
	if (plan?.seats.length === run.participants && plan.durationMs === run.durationMs) return plan;
	throw refused(
		folder,
		"its run.json is damaged: the scenario in it gives another plan.",
		"Start anew.",
	);
}

/** @throws UserError when its workers are still there some seconds later */
async function checkOver(folder: string, { last }: ReadResume): Promise<void> {
	const pids = last?.workers.flatMap(({ pid, agent }) => (agent === undefined ? [pid] : [])) ?? [];
	for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
		const living = await Promise.all(pids.map(isWorker));
		const pid = pids[living.indexOf(true)];
		if (pid === undefined) return;
		if (waitedMs >= workersEndWithinMs)
			throw refused(
				folder,
				`the run still goes on: its worker ${pid} is there.`,
				"Wait for its end, or stop it first.",
			);
		await setTimeout(lookEveryMs);
	}
}

/** The number may be another process's by now; where the system does not tell, there is nothing to see. */
async function isWorker(pid: number): Promise<boolean> {
	const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
	return words.includes("worker-entry");
}

function timelineBytes(folder: string): Promise<number> {
	return stat(join(folder, "timeline.jsonl")).then(
		({ size }) => size,
		() => 0,
	);
}

function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

function refused(folder: string, why: string, hint: string): UserError {
	return new UserError({ message: `--resume ${folder}: ${why}`, hint });
}
