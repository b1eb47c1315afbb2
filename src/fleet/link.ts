import type { FromAgent } from "./from-agent.js";
import type { Offer } from "./offer.js";
import type { Pulse } from "./pulse.js";
import type { ToAgent } from "./to-agent.js";

/** Redis's clock as this process knows it. */
export interface FleetClock {
	/** Redis's clock minus this process's, in milliseconds. */
	readonly offsetMs: number;
	/** Half the shortest round trip. */
	readonly errorMs: number;
}

/** What both ends have. */
interface FleetLink {
	readonly clock: FleetClock;
	/** Ends every connection; bounded in time. Idempotent. */
	close(): Promise<void>;
}

/** An agent's end. */
export interface AgentLink extends FleetLink {
	/** Says that this machine is there, or renews it. Rejects when Redis does not take it. */
	offer(offer: Offer): Promise<void>;
	/** Takes the offer back. */
	withdraw(): Promise<void>;
	/** Orders to this agent, valid ones only, one after another, each once. An invalid one goes to `onInvalid`. */
	onOrder(listener: (order: ToAgent) => void, onInvalid: (problem: string) => void): void;
	/** Resolves when Redis has it; rejects when it does not take it. The same `seq` sent again is the same message. */
	send(message: FromAgent): Promise<void>;
	/** The newest pulse of a run; undefined where there is none. */
	pulseOf(run: string): Promise<Pulse | undefined>;
}

/** The coordinator's end, for one run. */
export interface CoordinatorLink extends FleetLink {
	/** Agents whose offer was renewed within the last seconds; those of other versions too. */
	offers(): Promise<readonly Offer[]>;
	/** Resolves when Redis has it. Orders to one agent arrive in the order in which they were sent. */
	send(agent: string, order: ToAgent): Promise<void>;
	/**
	 * Messages of all agents of this run, each agent's in the order of `seq`, each once. It is gone from Redis once
	 * the listener has returned.
	 */
	onMessage(
		listener: (agent: string, message: FromAgent) => void,
		onInvalid: (agent: string, problem: string) => void,
	): void;
	/** Tells all agents of the run that the coordinator is there, and what it has heard. */
	pulse(pulse: Pulse): Promise<void>;
	/**
	 * Only one coordinator leads a run.
	 * @returns false where another one does. Holds until close, or until it is not renewed by a pulse.
	 */
	lead(): Promise<boolean>;
	/** Deletes what the run left in Redis. */
	forget(): Promise<void>;
}
