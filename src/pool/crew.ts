import type { Aggregates } from "../aggregate/aggregates.js";
import type { FaultPeople } from "../fault/fault-hands.js";
import type { TesterSoFar } from "../run/resume-point.js";
import type { RunAgent } from "../run/run-info.js";
import type { AgentView, WorkerView } from "../run/run-view.js";
import type { EngineFacts } from "./messages.js";

/** A part of the tester that may be overloaded by itself: one machine of many. */
export interface CrewPart {
	/** As people know it. */
	readonly name: string;
	/** What tells how well it keeps its schedule: tester.lag, tester.startDelay, audio.late, data.late. */
	readonly totals: Aggregates;
	readonly cpuSeconds: number;
	readonly cores: number;
}

/** What is known of the machines of a run over many. */
export interface CrewFleet {
	/** As they were when the run began. */
	readonly agents: readonly RunAgent[];
	readonly views: readonly AgentView[];
	/** The highest `seq` heard of each agent, by its id: up to there all was given to the listener. */
	readonly heard: Readonly<Record<string, number>>;
	readonly lost: number;
}

/** Those who live the plan, on this machine or on many. What they measure goes to a listener. */
export interface Crew {
	/** As faults reach them. */
	readonly people: FaultPeople;
	readonly workers: readonly WorkerView[];
	/** Each machine of many; empty where there is one. */
	readonly parts: readonly CrewPart[];
	/** Absent on one machine. */
	readonly fleet?: CrewFleet;
	/** The engines in use, by name; known once the workers are ready. */
	readonly engines: ReadonlyMap<string, EngineFacts>;
	readonly soFar: TesterSoFar;
	readonly workerCount: number;
	/** Of all machines that live the plan. */
	readonly cores: number;
	/** The plan's time 0 must lie this far ahead when `start` is called, so that nobody starts late. */
	readonly startInMs: number;
	/** Whether somebody else may lead the run by now: until that is known nothing of it is shown or saved. @default false */
	readonly isInDoubt?: boolean;
	/** Resolves when all lives are over; rejects when the crew is lost: with `RunTakenOver` where it is another one's. */
	readonly finished: Promise<void>;

	/** Resolves when everybody is ready. @throws UserError when an order is wrong */
	prepare(): Promise<void>;
	/** @param startAtMs epoch milliseconds of this machine's clock */
	start(startAtMs: number): void;
	/** Start nothing new, let everyone leave. `finished` tells when that is done. */
	stop(): void;
	/** To be called about once a second. */
	watch(): void;
	/** Ends every worker, politely for a moment, then by force. Idempotent. */
	close(): Promise<void>;
	kill(): void;
}
