import type { Argv } from "yargs";
import { UserError } from "../error/user-error.js";
import type { FleetTerms } from "../fleet/coordinator/fleet-order.js";
import { notADuration, parseDuration } from "../scenario/duration-text.js";

/** The flags that say which other machines live the plan. */
export function fleetOptions<T>(yargs: Argv<T>) {
	return yargs
		.option("redis", {
			...{ type: "string", requiresArg: true, group: "Many machines:" },
			describe:
				"redis:// or rediss:// URL where agents wait (password in LIVESOAK_REDIS_PASSWORD): they live the plan",
		})
		.option("redis-ca", {
			...{ type: "string", requiresArg: true, group: "Many machines:" },
			describe: "PEM file of the private CA of Redis",
		})
		.option("agents", {
			...{ type: "string", requiresArg: true, group: "Many machines:" },
			describe: "So many agents live the plan  [default: 1]",
		})
		.option("wait", {
			...{ type: "string", requiresArg: true, group: "Many machines:" },
			describe: "How long to wait until they are there  [default: 60s]",
		})
		.option("lease", {
			...{ type: "string", requiresArg: true, group: "Many machines:" },
			describe:
				"An agent that is cut off for this long ends its participants, and is lost  [default: 15s]",
		})
		.option("agent-label", {
			...{ type: "string", array: true, nargs: 1, group: "Many machines:" },
			describe: "Only agents with this label, such as region=eu-west; repeatable",
		});
}

export interface FleetFlags {
	readonly redis?: string | undefined;
	readonly redisCa?: string | undefined;
	readonly agents?: string | undefined;
	readonly wait?: string | undefined;
	readonly lease?: string | undefined;
	readonly agentLabel?: readonly string[] | undefined;
}

const defaults = { agents: 1, waitMs: 60_000, leaseMs: 15_000 };
const mostAgents = 1_000;
/** Pulses come each second: below this one that is late would end the run. */
const shortestLeaseMs = 5_000;

/**
 * What the flags say of other machines.
 * @param agents how many, where no flag says so
 * @returns undefined where this machine lives the plan
 * @throws UserError naming the flag that is wrong, or that means nothing without --redis
 */
export function readFleetFlags(
	flags: FleetFlags,
	agents = defaults.agents,
): (FleetTerms & { readonly redis: string }) | undefined {
	const { redis } = flags;
	if (redis === undefined) {
		for (const [name, value] of Object.entries({
			...{ "redis-ca": flags.redisCa, agents: flags.agents, wait: flags.wait },
			...{ lease: flags.lease, "agent-label": flags.agentLabel },
		}))
			if (value !== undefined)
				throw new UserError({
					message: `--${name} needs --redis.`,
					hint: "Give --redis redis://HOST:6379, where the agents wait.",
				});
		return undefined;
	}
	return {
		redis,
		agents: flags.agents === undefined ? agents : countOf(flags.agents),
		waitMs: flags.wait === undefined ? defaults.waitMs : durationOf("--wait", flags.wait, 0),
		leaseMs:
			flags.lease === undefined
				? defaults.leaseMs
				: durationOf("--lease", flags.lease, shortestLeaseMs),
		labels: Object.fromEntries((flags.agentLabel ?? []).map(labelOf)),
	};
}

function countOf(text: string): number {
	const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
	if (count >= 1 && count <= mostAgents) return count;
	throw new UserError({
		message: `--agents ${text}: expected a whole number from 1 to ${mostAgents}.`,
	});
}

function durationOf(flag: string, text: string, leastMs: number): number {
	const ms = parseDuration(text);
	if (ms === undefined) throw new UserError({ message: `${flag}: ${notADuration(text)}.` });
	if (ms >= leastMs) return ms;
	throw new UserError({ message: `${flag} ${text}: must be at least ${leastMs / 1000}s.` });
}

function labelOf(text: string): [string, string] {
	const [, key, value] = /^([\w./-]{1,63})=(.{1,63})$/.exec(text) ?? [];
	if (key !== undefined && value !== undefined) return [key, value];
	throw new UserError({
		message: `--agent-label ${text}: expected key=value.`,
		hint: "For example --agent-label region=eu-west, as the agents were started with.",
	});
}
