import { isBuiltInSource } from "../../audio/built-in-sources.js";
import { UserError } from "../../error/user-error.js";
import { makePlan } from "../../plan/make-plan.js";
import { shardSeats } from "../../plan/shard.js";
import type { Connection } from "../../pool/connection.js";
import { workerCountFor } from "../../pool/worker-count.js";
import { loadScenario } from "../../scenario/load-scenario.js";
import type { Scenario } from "../../scenario/scenario.js";
import { checkThreshold } from "../../verdict/threshold.js";
import type { ToAgentKind } from "../to-agent.js";
import type { AllowList } from "./allow-list.js";

/** More worker processes than this on a core do nothing but wait for each other. */
const mostWorkersPerCore = 32;

/** A part of a plan, checked: all that a pool of workers is to be told. */
export interface Shard {
	readonly scenario: Scenario;
	readonly runTag: string;
	readonly connection: Connection;
	/** Seat indices of each worker. */
	readonly workerSeats: readonly (readonly number[])[];
	/** Of the whole shard. */
	readonly participants: number;
	readonly fromMs: number;
	readonly leaseMs: number;
}

/**
 * Reads an order as a stranger's: the scenario as strictly as a scenario file, nothing in it may name a file, and all
 * that it connects to must be on the list. Touches nothing.
 * @param machine whose worker processes are to live it
 * @throws UserError with what is wrong
 */
export function readShard(
	order: ToAgentKind<"prepare">,
	machine: { readonly allowList: AllowList; readonly cores: number },
): Shard {
	const scenario = loadScenario({
		...{ text: order.scenario, fileName: `scenario of run ${order.run}` },
		checkThreshold,
	});
	if (!isBuiltInSource(scenario.audio.source))
		throw new UserError({
			message: "The scenario names a WAV file, and an agent reads no file that a run names.",
			hint: "Use audio.source tone, speech or silence with --redis.",
		});
	const plan = makePlan(scenario);
	const wanted = new Set(order.seats);
	if (wanted.size === 0) throw wrongSeats("The shard has no seats.");
	if (wanted.size < order.seats.length) throw wrongSeats("The shard has a seat twice.");
	const seats = order.seats.flatMap((index) => plan.seats[index] ?? []);
	if (seats.length < wanted.size)
		throw wrongSeats(`The shard has seats that the plan of ${plan.seats.length} does not have.`);
	const workers = workerCountFor(scenario, seats, machine.cores);
	if (workers > mostWorkersPerCore * machine.cores)
		throw new UserError({
			message: `The scenario wants ${workers} worker processes on ${machine.cores} cores.`,
			hint: "Leave pool.workers and pool.participantsPerWorker at auto.",
		});
	return {
		...{ scenario, runTag: order.runTag, fromMs: order.fromMs, leaseMs: order.leaseMs },
		connection: connectionOf(order, machine.allowList),
		workerSeats: shardSeats({ seats }, workers).map((part) => part.map(({ index }) => index)),
		participants: seats.length,
	};
}

function connectionOf(order: ToAgentKind<"prepare">, allowList: AllowList): Connection {
	const { turn, turnCaPem } = order;
	return {
		url: allowList.server(order.url),
		tokens: { kind: "given" },
		...(turn && {
			turn: { kind: "static", ...turn, uris: turn.uris.map((uri) => allowList.turn(uri)) },
		}),
		...(turnCaPem === undefined ? {} : { turnCaPem }),
	};
}

function wrongSeats(message: string): UserError {
	return new UserError({ message, hint: "Coordinator and agents must be of one version." });
}
