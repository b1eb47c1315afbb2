import type { Clock } from "../../clock/clock.js";
import { Lease } from "../../pool/lease.js";
import type { Pulse } from "../pulse.js";
import type { Outbox } from "./outbox.js";
import type { ShardRun } from "./shard-run.js";

/** Until an order says otherwise, and of a reservation that nothing follows. */
export const usualLeaseMs = 15_000;
/** A run whose pulse is gone so often in a row was forgotten: nobody will ever read what it is told. */
const forgottenAfter = 10;

/** How this agent's part in a run ends. */
export type Ending =
	/** The coordinator said so. */
	| "released"
	/** No pulse came for a whole lease. */
	| "lease-over"
	/** This agent was told to stop. */
	| "stopped";

/** This agent's part in one run, from the reservation until it is free again. */
export class Membership {
	readonly run: string;
	readonly outbox: Outbox;
	readonly shards = new Map<number, ShardRun>();
	readonly #clock: Clock;
	#lease: Lease;
	#lastPulseAtMs = Number.NEGATIVE_INFINITY;
	#pulsesMissed = 0;
	#ending: Ending | undefined;

	constructor(run: string, outbox: Outbox, clock: Clock) {
		this.run = run;
		this.outbox = outbox;
		this.#clock = clock;
		this.#lease = new Lease(usualLeaseMs, clock.nowMs());
	}

	/** It was released, and all that may still be heard of it is told. */
	#isSettled = false;

	get ending(): Ending | undefined {
		return this.#ending;
	}

	get leaseMs(): number {
		return this.#lease.leaseMs;
	}

	get isLeaseOver(): boolean {
		return this.#lease.isOver(this.#clock.nowMs());
	}

	/** All its shards are over. */
	get isEmpty(): boolean {
		return [...this.shards.values()].every(({ isOver }) => isOver);
	}

	/** Nobody will ever read what is left to tell. */
	get isForgotten(): boolean {
		return this.#pulsesMissed >= (this.#ending === "released" ? 1 : forgottenAfter);
	}

	/** Nothing is left of it: no process, and nothing to tell that somebody might read. */
	get isOver(): boolean {
		if (this.#ending === undefined || !this.isEmpty) return false;
		if (this.#ending === "released" && !this.#isSettled) return false;
		return this.outbox.unsent === 0 || this.isForgotten;
	}

	setLease(leaseMs: number): void {
		if (leaseMs !== this.#lease.leaseMs) this.#lease = new Lease(leaseMs, this.#clock.nowMs());
	}

	/** @param pulse the newest there is; undefined: there is none (any more) @param agent whose messages were heard */
	onPulse(pulse: Pulse | undefined, agent: string): void {
		this.#pulsesMissed = pulse ? 0 : this.#pulsesMissed + 1;
		if (this.#ending === "released") this.#settle(pulse, agent);
		// One that was seen before says nothing: it stays where it is when the coordinator is gone.
		if (!pulse || pulse.atMs <= this.#lastPulseAtMs) return;
		this.#lastPulseAtMs = pulse.atMs;
		this.#lease.renew(this.#clock.nowMs());
		this.outbox.heard(pulse.heard[agent] ?? 0);
	}

	/** Begins to end, in the way that was asked for first; all ways lead to the same end. */
	end(how: Ending): void {
		if (this.#ending === "released") return;
		if (this.#ending !== undefined && how !== "released") return;
		this.#ending = how;
		// A run that is over listens no longer; one that goes on after a kill wants to hear what it has missed.
		if (how === "released") this.outbox.hold();
		for (const shard of this.shards.values()) {
			if (how === "released") shard.close();
			else if (how === "stopped") shard.stop();
			else shard.endLease();
		}
	}

	#settle(pulse: Pulse | undefined, agent: string): void {
		if (this.#isSettled) return;
		this.#isSettled = true;
		// Else it stays on hold: it would only lie about in Redis.
		if (!pulse) return;
		this.outbox.heard(pulse.heard[agent] ?? 0);
		this.outbox.sendAgain();
	}
}
