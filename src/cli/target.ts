import type { Embedded } from "../backend/embedded.js";
import { systemClock } from "../clock/system-clock.js";
import { UserError } from "../error/user-error.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import type { Plan } from "../plan/plan.js";
import { type Connection, openTokens, openTurn, type TurnSettings } from "../pool/connection.js";
import type { NetworkEffect } from "../scenario/fault.js";
import type { Scenario } from "../scenario/scenario.js";
import { type ConnectionFlags, namedServer, namedTurn, readTurnCa } from "./connection-options.js";
import type { Environment } from "./environment.js";
import { checkFaults, networkFaultsOf } from "./fault-target.js";

/** The server that a run is against. */
export interface Target {
	readonly connection: Connection;
	/** The server that was started for it; absent: the user's own. */
	readonly embedded?: Embedded;
	/** Stops what was started. Idempotent, never rejects. */
	stop(): Promise<void>;
}

/** What the flags say of the server, checked before anything is started. */
export interface NamedTarget {
	readonly server: Pick<Connection, "url" | "tokens"> | undefined;
	readonly turn: TurnSettings | undefined;
	readonly turnCaPem: string | undefined;
	/** What the scenario's faults need of the servers that are started; absent where they need nothing. */
	readonly faults?: { readonly network: readonly NetworkEffect[]; readonly seed: number };
}

/** @throws UserError when flags are missing, or name what the plan cannot use */
export async function readTarget(
	{ env }: Environment,
	flags: ConnectionFlags,
	scenario: Scenario,
	plan: Plan,
): Promise<NamedTarget> {
	const server = namedServer(flags, env);
	const turn = namedTurn(flags, env);
	const turnCaPem = await readTurnCa(flags.turnCa);
	if (server && needsTurn(plan) && !turn) throw turnMissing();
	if (turn) await checkTurn(turn, plan);
	// Missing keys and wrong service URLs are told before anybody is asked.
	if (server) openTokens(server.tokens, scenario.token.ttlMs);
	checkFaults(scenario, { server: server !== undefined, turn: turn !== undefined });
	const network = networkFaultsOf(scenario);
	const faults = network.length > 0 ? { faults: { network, seed: scenario.seed } } : {};
	return { server, turn, turnCaPem, ...faults };
}

/**
 * The user's server, or one that is started for this.
 * @param onLost told when a server that was started ends by itself
 */
export async function openTarget(
	{ env, killSignal }: Environment,
	{ server, turn, turnCaPem, faults }: NamedTarget,
	plan: Plan,
	listener: { onProgress(line: string): void; onLost(what: string): void },
): Promise<Target> {
	const embedded = server ? undefined : await embed();
	embedded?.onLost(listener.onLost);
	return {
		connection: {
			...(server ?? (embedded as Embedded).connection),
			...(turn ? { turn } : {}),
			...(turnCaPem === undefined ? {} : { turnCaPem }),
		},
		...(embedded ? { embedded } : {}),
		stop: async () => embedded?.stop(),
	};

	async function embed(): Promise<Embedded> {
		// Loaded only where it is needed: it costs a quarter of a second.
		const { startEmbedded } = await import("../backend/embedded.js");
		return startEmbedded({
			env,
			turn: turn ? "none" : embeddedTurn(plan),
			...(faults && { networkFaults: faults.network, seed: faults.seed }),
			onProgress: listener.onProgress,
			signal: killSignal,
		});
	}
}

/** A service is not asked: that would count as a use. @throws UserError when its URL is wrong, or no URI fits a policy */
async function checkTurn(settings: TurnSettings, plan: Plan): Promise<void> {
	const source = openTurn(settings, 60_000, () => systemClock.nowMs());
	if (settings.kind === "service") return;
	for (const policy of new Set(plan.seats.map(({ ice }) => ice)))
		await source.serversFor(policy, 0);
}

function needsTurn(plan: Plan): boolean {
	return plan.seats.some(({ ice }) => isRelayPolicy(ice));
}

function embeddedTurn(plan: Plan): "none" | "plain" | "tls" {
	if (plan.seats.some(({ ice }) => ice === "relay-tls")) return "tls";
	return needsTurn(plan) ? "plain" : "none";
}

function turnMissing(): UserError {
	return new UserError({
		message: "The scenario goes through a TURN relay, and no TURN server is named.",
		hint: "Give --turn turn:HOST:3478?transport=udp with LIVESOAK_TURN_SECRET, or --turn-url.",
	});
}
