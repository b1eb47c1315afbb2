import { join } from "node:path";
import { UserError } from "../error/user-error.js";
import { isMeasured } from "../gate/result-rounds.js";
import { roundOf, type SideName } from "../gate/round.js";
import type { LiveSide, RoundOutcome } from "../gate/run-rounds.js";
import { readServer, usageBetween } from "../gate/server-usage.js";
import type { SideSpec } from "../gate/side-text.js";
import type { Plan } from "../plan/plan.js";
import type { StopReason } from "../run/stop-switch.js";
import type { Scenario } from "../scenario/scenario.js";
import type { ConnectionFlags } from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { GateFlags } from "./gate-options.js";
import { live } from "./live.js";
import { type NamedTarget, openTarget, readTarget, type Target } from "./target.js";

/** What the rounds of a gate have in common. */
export interface RoundOrder {
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly scenarioFile: string;
	/** The gate's own folder. */
	readonly folder: string;
	onRound(line: string): void;
}

type LiveSpec = Extract<SideSpec, { kind: "binary" | "url" }>;

/**
 * A side whose rounds are run now: each is one run of the plan, and for a binary against a server of its own that is
 * started for it, so that no round inherits the memory of the one before.
 * @throws UserError when the flags of its connection are missing or wrong
 */
export async function liveSide(
	environment: Environment,
	flags: GateFlags & ConnectionFlags,
	name: SideName,
	spec: LiveSpec,
	order: RoundOrder,
): Promise<LiveSide> {
	const { scenario, plan, scenarioFile, folder } = order;
	const own: Environment = { ...environment, env: environmentOf(environment.env, name, spec) };
	const named = await readTarget(own, connectionFlags(flags, name, spec), scenario, plan);
	return { kind: "live", run };

	async function run(pair: number): Promise<RoundOutcome> {
		if (environment.signal.aborted) return { kind: "aborted" };
		const lost = new AbortController();
		const stop = AbortSignal.any([environment.signal, lost.signal]);
		const what = pair < 1 ? "warm-up" : `pair ${pair}`;
		let target: Target | undefined;
		try {
			// Of this round alone: whatever listens to it goes with it, and hundreds of rounds leave no listeners behind.
			const now = { ...own, killSignal: AbortSignal.any([environment.killSignal]) };
			target = await opened(now, named, plan, (program) => {
				const reason: StopReason = { kind: "error", text: `its ${program} ended by itself` };
				lost.abort(reason);
			});
			const metricsUrl = target.embedded?.server.metricsUrl ?? flags[`${name}Metrics`];
			const before = metricsUrl === undefined ? undefined : await readServer(metricsUrl);
			const summary = await live(now, {
				...{ scenario, plan, scenarioFile, target, stop },
				sinks: async (_runId, secrets) => {
					const { ResultFolderSink } = await import("../sink/result-folder.js");
					const out = join(folder, "rounds", pair < 1 ? "warm-up" : name);
					return [new ResultFolderSink({ out, secrets, onTrouble: order.onRound })];
				},
			});
			const after = metricsUrl === undefined ? undefined : await readServer(metricsUrl);
			const { verdict, participants, invalidities } = summary;
			if (verdict === "aborted") return { kind: "aborted" };
			if (verdict === "invalid") {
				const reason = invalidities.map(({ text }) => text).join("; ");
				order.onRound(`${what} ${name}: invalid, ${reason}`);
				return { kind: "invalid", reason };
			}
			if (!isMeasured(summary)) {
				throw new UserError({
					message: `The ${name} could not be run to the end in ${what}: ${summary.reason ?? verdict}.`,
					hint: `What there is lies in ${folder}.`,
					exitCode: 1,
				});
			}
			order.onRound(
				`${what} ${name}: ${participants.joined} joined, ${participants.failed} failed, ${participants.lost} lost`,
			);
			return { kind: "measured", round: roundOf(summary, pair, usageBetween(before, after)) };
		} catch (error) {
			if (environment.signal.aborted) return { kind: "aborted" };
			throw naming(error, name, spec);
		} finally {
			await target?.stop();
		}
	}
}

function opened(
	environment: Environment,
	named: NamedTarget,
	plan: Plan,
	onLost: (what: string) => void,
): Promise<Target> {
	// Which server it is was told once, when the flag was read.
	return openTarget(environment, named, plan, { onProgress: () => {}, onLost });
}

/** A binary is found as a user would name it for a run; nothing else of the environment may choose a server. */
function environmentOf(env: NodeJS.ProcessEnv, name: SideName, spec: LiveSpec): NodeJS.ProcessEnv {
	const { LIVEKIT_URL: _named, LIVEKIT_SERVER_BIN: _found, ...rest } = env;
	if (spec.kind === "binary") return { ...rest, LIVEKIT_SERVER_BIN: spec.path };
	const { LIVESOAK_CANDIDATE_API_KEY: key, LIVESOAK_CANDIDATE_API_SECRET: secret } = env;
	if (name === "baseline") return rest;
	return {
		...rest,
		...(key ? { LIVEKIT_API_KEY: key } : {}),
		...(secret ? { LIVEKIT_API_SECRET: secret } : {}),
	};
}

function connectionFlags(
	flags: GateFlags & ConnectionFlags,
	name: SideName,
	spec: LiveSpec,
): ConnectionFlags {
	const { turn, turnSecret, turnUsername, turnPassword, turnUrl, turnCa } = flags;
	const relay = { turn, turnSecret, turnUsername, turnPassword, turnUrl, turnCa };
	// Keys and token services are of the other side's URL: a server that is started here has its own.
	if (spec.kind === "binary") return relay;
	const { tokenUrl, tokenBody, tokenField, tokenUrlField } = flags;
	const isOther = name === "candidate";
	return {
		...{ ...relay, url: spec.url, tokenUrl, tokenBody, tokenField, tokenUrlField },
		apiKey: (isOther ? flags.candidateApiKey : undefined) ?? flags.apiKey,
		apiSecret: (isOther ? flags.candidateApiSecret : undefined) ?? flags.apiSecret,
	};
}

/** Which of the two it was. */
function naming(error: unknown, name: SideName, { kind }: LiveSpec): unknown {
	if (!(error instanceof UserError) || error.message.startsWith("The ")) return error;
	const { message, hint, exitCode } = error;
	return new UserError({
		message: `--${name} (${kind}): ${message}`,
		...(hint === undefined ? {} : { hint }),
		...{ exitCode: exitCode === 1 ? 1 : 2, cause: error },
	});
}
