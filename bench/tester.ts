import type { Order } from "./workload.js";

/** A command to start, without the server's name and keys, which go by the environment. */
export interface Command {
	readonly file: string;
	readonly args: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
}

/** What a tester itself said at the end. */
export interface Told {
	/** RTP packets received by its participants, whole run. */
	readonly packets: number;
	readonly lost: number;
	/** In a word or two: its verdict, or what it said of errors. */
	readonly outcome: string;
	/** Received a second between two times (epoch ms), where it tells. */
	readonly packetsPerSecond?: (fromMs: number, toMs: number) => number | undefined;
}

/** One piece of work, ready to be started. */
export interface Job<T extends Told = Told> {
	/** Started at the same time; together they do the work. */
	readonly commands: readonly Command[];
	/** Who will be on the server when all have joined. */
	readonly participants: number;
	readonly streams: number;
	/** When the last is due, after the first. */
	readonly rampMs: number;
	/** @param ends of the commands, in their order. @throws UserError where they failed */
	told(ends: readonly CommandEnd[]): Promise<T>;
	remove(): Promise<void>;
}

export interface CommandEnd {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A load tester under measurement. */
export interface Tester {
	/** For people. */
	readonly name: string;
	readonly version: string;
	/** What to know when reading its figures for this work, a sentence each. */
	notes(work: Order["work"]): readonly string[];
	prepare(order: Order): Promise<Job>;
}
