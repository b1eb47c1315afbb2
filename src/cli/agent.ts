import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import { UserError } from "../error/user-error.js";
import { AllowList, loopbackOnly } from "../fleet/agent/allow-list.js";
import type { Capacity } from "../fleet/agent/capacity.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";

interface AgentFlags {
	readonly redis: string;
	readonly "redis-ca": string | undefined;
	readonly name: string | undefined;
	readonly label: string[] | undefined;
	readonly "allow-url": string[] | undefined;
	readonly capacity: string | undefined;
	readonly once: boolean;
}

/** What the flags of `livesoak agent` say, checked. */
export interface AgentPlan {
	readonly redis: string;
	readonly redisCa: string | undefined;
	readonly name: string | undefined;
	readonly labels: Readonly<Record<string, string>>;
	readonly allowList: AllowList;
	/** What is not said is measured. */
	readonly capacity: Partial<Capacity>;
	readonly once: boolean;
}

const group = "Agent:";
const mostLabels = 20;
const mostCapacity = 1_000_000;

/** `livesoak agent`. Bad input is thrown as a UserError out of the handler. */
export function agentCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, AgentFlags> {
	return {
		command: "agent",
		describe: "Offer this machine to runs that are started with --redis",
		builder: agentOptions,
		handler: (flags) => {
			const plan = planOf(flags);
			// BullMQ and ioredis are no matter of the other commands.
			choose(async () => (await import("./offer-machine.js")).offerMachine(environment, plan));
		},
	};
}

function agentOptions(yargs: Argv<object>): Argv<AgentFlags> {
	return yargs
		.option("redis", {
			...{ type: "string", requiresArg: true, demandOption: true, group },
			describe:
				"redis:// or rediss:// URL where runs find this agent (password in LIVESOAK_REDIS_PASSWORD)",
		})
		.option("redis-ca", {
			...{ type: "string", requiresArg: true, group },
			describe: "PEM file of the private CA of Redis",
		})
		.option("name", {
			...{ type: "string", requiresArg: true, group },
			describe: "What people call this agent  [default: the host's name]",
		})
		.option("label", {
			...{ type: "string", array: true, nargs: 1, group },
			describe: "key=value, such as region=eu-west, for run's --agent-label; repeatable",
		})
		.option("allow-url", {
			...{ type: "string", array: true, nargs: 1, group },
			describe:
				"A server that runs may aim this agent at: wss://HOST[:PORT], turn:HOST[:PORT]; repeatable  [default: this machine only]",
		})
		.option("capacity", {
			...{ type: "string", requiresArg: true, group },
			describe: "Participants it holds, such as lite=400,native=40  [default: measured]",
		})
		.option("once", {
			...{ type: "boolean", default: false, group },
			describe: "End after one run",
		});
}

/** Exported for its tests. @throws UserError naming the flag that is wrong */
export function planOf(flags: ArgumentsCamelCase<AgentFlags>): AgentPlan {
	const { redis, redisCa, name, label = [], allowUrl = loopbackOnly, capacity, once } = flags;
	if (name !== undefined && !/^[\w .:@-]{1,60}$/.test(name))
		throw new UserError({
			message: "--name is not a name of 1 to 60 letters, digits, spaces and . : @ _ -",
			hint: "For example --name web-3.",
		});
	if (label.length > mostLabels)
		throw new UserError({
			message: `--label is given ${label.length} times; ${mostLabels} are taken.`,
		});
	return {
		...{ redis, redisCa, name, once, labels: Object.fromEntries(label.map(labelOf)) },
		allowList: new AllowList(allowUrl),
		capacity: capacity === undefined ? {} : capacityOf(capacity),
	};
}

function labelOf(text: string): [string, string] {
	const [, key, value] = /^([\w./-]{1,63})=(.{1,63})$/.exec(text) ?? [];
	if (key !== undefined && value !== undefined) return [key, value];
	throw new UserError({
		message: `--label ${text}: expected key=value, each of at most 63 characters.`,
		hint: "For example --label region=eu-west.",
	});
}

function capacityOf(text: string): Partial<Capacity> {
	const parts = text.split(",").map((part): [string, number] => {
		const [, engine = "", count = ""] = /^(lite|native)=(\d{1,7})$/.exec(part.trim()) ?? [];
		return [engine, Number(count)];
	});
	const isRight = parts.every(([engine, count]) => engine !== "" && count <= mostCapacity);
	if (isRight && new Set(parts.map(([engine]) => engine)).size === parts.length)
		return Object.fromEntries(parts);
	throw new UserError({
		message: `--capacity ${text}: expected lite=N,native=N or one of them, N up to ${mostCapacity}.`,
		hint: "For example --capacity lite=400,native=40; 0 says that it takes none of that engine.",
	});
}
