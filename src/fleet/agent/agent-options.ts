import type { Clock } from "../../clock/clock.js";
import type { SupervisorOptions } from "../../pool/supervisor-options.js";
import type { AgentLink } from "../link.js";
import type { Offer } from "../offer.js";
import type { AllowList } from "./allow-list.js";
import type { ShardPool } from "./shard-run.js";

/** What an agent says of its machine, all the time the same. */
export type AgentFacts = Omit<Offer, "run" | "clockOffsetMs" | "clockErrorMs" | "atMs">;

export interface AgentOptions {
	readonly link: AgentLink;
	readonly clock: Clock;
	readonly facts: AgentFacts;
	readonly allowList: AllowList;
	/** What worker processes may know of the environment. */
	readonly workerEnv: NodeJS.ProcessEnv;
	/** One line for people; never a secret. */
	readonly say: (line: string) => void;
	/** Called once, when runs can find this agent. */
	readonly onOffered?: () => void;
	/** Ends after one run. @default false */
	readonly once?: boolean;
	/** @default worker processes on this machine */
	readonly makePool?: (options: SupervisorOptions) => ShardPool;
}

/** How an agent came to its end. */
export type AgentEnd =
	/** It was told to stop, and no run was interrupted. */
	| "stopped"
	/** It was told to stop in the middle of a run. */
	| "left-run"
	/** Its one run is over. */
	| "done"
	/** Its one run has lost its coordinator. */
	| "lost";
