import type { DataStream } from "../engine/data/data-stream.js";
import type { EngineName } from "../engine/engine-name.js";
import type { IcePolicy } from "../ice/policy.js";

/** What a participant does in its room. */
export type Role = "publisher" | "subscriber" | "both";

/** A place in a room that one participant at a time can take. */
export interface Seat {
	/** 0-based, unique in the plan. Rooms are filled one after another, publishers first. */
	readonly index: number;
	/** 0-based room number. */
	readonly room: number;
	/** 0-based number among the seats of this room. */
	readonly indexInRoom: number;
	/** 0-based number among the publishing seats of this room; undefined for a subscriber. */
	readonly publisherIndex?: number;
	readonly role: Role;
	readonly engine: EngineName;
	readonly ice: IcePolicy;
	readonly subscribe: "all" | number;
	/** What it sends on the data channel, if it does. */
	readonly data?: DataStream;
	/** It counts the data that others of its room send; absent where nobody sends any. */
	readonly hearsData?: true;
	/** Index into `scenario.participants` of the group the seat belongs to. */
	readonly group: number;
}

/** One participant's stay, in milliseconds from the start of the run. */
export interface Life {
	readonly seat: Seat;
	/** 0-based number of this life on its seat; seat and number together name a participant. */
	readonly number: number;
	readonly startMs: number;
	/** Always > startMs and never past the end of the plan. */
	readonly endMs: number;
}

/** A line of the load shape: from `atMs` on, `participants` should be alive (linear to the next). */
export interface PlanStep {
	readonly atMs: number;
	readonly participants: number;
}

/** Everything that will happen, known before anything runs. A pure function of scenario and seed. */
export interface Plan {
	readonly seats: readonly Seat[];
	readonly durationMs: number;
	readonly steps: readonly PlanStep[];
	/** Number of lives that begin in the run. Counted on first use; lives are never held in memory. */
	readonly lifeCount: number;
	/** How many participants the plan has alive at this instant (exact: lives with start <= t < end). */
	aliveAt(atMs: number): number;
	/** The lives of one seat in order, drawn one by one: for long churn, where a list would be long. */
	eachLife(seat: Seat): Iterable<Life>;
	/** The lives of one seat in order, as a list. */
	livesOf(seat: Seat): readonly Life[];
}
