import { isBuiltInSource } from "../audio/built-in-sources.js";
import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { FleetCrew } from "../fleet/coordinator/fleet-crew.js";
import type { FleetOrder, FleetResume } from "../fleet/coordinator/fleet-order.js";
import { parseRedisUrl, readRedisCa } from "../fleet/redis/address.js";
import { openCoordinatorLink } from "../fleet/redis/coordinator-link.js";
import type { Plan } from "../plan/plan.js";
import type { Connection } from "../pool/connection.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Environment } from "./environment.js";
import { type FleetFlags, readFleetFlags } from "./fleet-options.js";
import type { LiveOrder } from "./live.js";
import type { Resumed } from "./resume.js";
import { livesoakVersion } from "./version.js";

export interface FleetRun {
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly resumed?: Resumed | undefined;
	/** A server that the user named. */
	readonly server: Pick<Connection, "url"> | undefined;
}

/** What a run of the command line adds once it is known. */
export interface FleetWith {
	readonly connection: Connection;
	readonly stop: AbortSignal;
	onProgress(line: string): void;
}

export interface Fleet {
	/** What no file and no message may hold. */
	readonly secrets: readonly string[];
	crew(more: FleetWith): NonNullable<LiveOrder["fleet"]>;
}

/**
 * The machines that the flags ask for, checked before anything is started.
 * @throws UserError naming what other machines cannot do
 */
export async function readFleet(
	{ env }: Environment,
	flags: FleetFlags,
	run: FleetRun,
): Promise<Fleet | undefined> {
	const { scenario, plan, resumed, server } = run;
	const terms = readFleetFlags(flags, resumed?.run.agents?.length);
	if (!terms) return undefined;
	if (!server)
		throw new UserError({
			message: "--redis needs --url: other machines cannot reach a server that is started here.",
			hint: "Give --url wss://HOST (or LIVEKIT_URL).",
		});
	const { source } = scenario.audio;
	if (!isBuiltInSource(source))
		throw new UserError({
			message: `The audio source ${source} is a file of this machine; agents read no files.`,
			hint: "Take a built-in source, such as --set audio.source=speech.",
		});
	const caPem = flags.redisCa === undefined ? undefined : await readRedisCa(flags.redisCa);
	const redis = parseRedisUrl(terms.redis, env, "--redis", caPem);
	const resume = resumed && resumeOf(resumed);
	return {
		secrets: redis.secrets,
		crew:
			({ connection, stop, onProgress }) =>
			({ listener, runTag, runId }) => {
				const order: FleetOrder = {
					...terms,
					...{ clock: systemClock, run: runId, runTag, scenario, plan, connection },
					...{ livesoakVersion, listener, onProgress, stop },
					...(resume ? { resume } : {}),
					openLink: () =>
						openCoordinatorLink({
							...{ redis, run: runId, onWarning: onProgress },
							...(resume ? { heard: resume.heard } : {}),
						}),
				};
				return new FleetCrew(order);
			},
	};
}

function resumeOf({ point, isAsRead }: Resumed): FleetResume {
	return {
		isAsRead,
		...{ fromMs: point.fromMs, before: point.tester, times: point.earlier.length },
		heard: point.last?.heard ?? {},
	};
}
