import type { FaultEffect, NetworkEffect } from "../scenario/fault.js";
import type { FaultWatch } from "./fault-watch.js";

/** A worker process that a fault may kill. */
export interface Victim {
	readonly pid: number;
	/** Whose participants it takes along. */
	readonly seats: readonly number[];
	kill(): void;
}

/** The participants of a run, as faults reach them. */
export interface FaultPeople {
	/** Seats whose participant is in the room, in rising order. */
	readonly joinedSeats: readonly number[];
	beginFault(watch: FaultWatch): void;
	/** @param fromMs recovery is counted from here (epoch milliseconds) */
	endFault(fault: number, fromMs: number): void;
	/** @param wish any whole number @returns undefined where no worker has anybody in a room */
	victim(wish: number): Victim | undefined;
}

/** The way between livesoak and the server that it started. One impairment at a time. */
export interface FaultNetwork {
	/** By which the kernel, or we, can do this: `tc netem`, `nftables` … */
	meansOf(effect: NetworkEffect): string;
	/** Resolves when it is in force, both ways. */
	impair(effect: NetworkEffect): Promise<void>;
	/** All is well again. Idempotent. */
	heal(): Promise<void>;
}

/** What faults can do to the servers that a run brought along; nothing of it to the user's own. */
export interface FaultTools {
	/** Resolves when the server answers again. */
	restartServer?(how: "crash" | "stop"): Promise<void>;
	restartTurn?(): Promise<void>;
	readonly network?: FaultNetwork;
}

/** All that a fault may use. */
export interface FaultHands {
	readonly people: FaultPeople;
	readonly tools: FaultTools;
	/** Some of the seats, the same for the same seed and fault: the share of them, at least one. */
	choose(seats: readonly number[], share: number): readonly number[];
	/** A whole number, another one for each fault of the run. */
	readonly number: number;
	/** Until `ms` later, or until the run is to stop. */
	wait(ms: number): Promise<void>;
}

/** A fault that is about to be done. */
export interface Stroke {
	/** How, for people. */
	readonly means: string;
	/** Whom it meets. */
	readonly seats: readonly number[];
	/** What the workers do to them, as soon as they watch. */
	readonly blow?: FaultWatch["blow"];
	/** What is done beside; resolves when it is done, or has lasted as long as it is to. */
	carryOut?(): Promise<void>;
	/** Of a fault that lasts: makes all well again, also where it could not be carried out. Recovery begins with it. */
	undo?(): Promise<void>;
}

/** A way to break something: one file a kind. */
export type FaultKind<Effect extends FaultEffect = FaultEffect> = (
	effect: Effect,
	hands: FaultHands,
) => Stroke;
