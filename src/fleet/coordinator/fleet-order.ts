import type { Clock } from "../../clock/clock.js";
import type { Plan } from "../../plan/plan.js";
import type { Connection } from "../../pool/connection.js";
import type { SupervisorListener } from "../../pool/supervisor-options.js";
import type { TesterSoFar } from "../../run/resume-point.js";
import type { Scenario } from "../../scenario/scenario.js";
import type { CoordinatorLink } from "../link.js";

/** Which machines are to live a plan, and on what terms. */
export interface FleetTerms {
	/** How many are waited for, from 1. */
	readonly agents: number;
	/** For so long. */
	readonly waitMs: number;
	/** An agent that hears nothing of its coordinator for this long ends its participants. */
	readonly leaseMs: number;
	/** Only agents that have all of these labels. */
	readonly labels: Readonly<Record<string, string>>;
}

/** Where a run goes on whose coordinator was killed. */
export interface FleetResume {
	readonly fromMs: number;
	readonly before: TesterSoFar;
	/** How often the run went on before this time. */
	readonly times: number;
	/** The highest `seq` that the folder holds, by agent. */
	readonly heard: Readonly<Record<string, number>>;
	/** Whether the folder still is as it was when it was read: another one may have led, and written, until just now. */
	isAsRead(): Promise<boolean>;
}

/** All that a run over many machines is made of. */
export interface FleetOrder extends FleetTerms {
	readonly clock: Clock;
	/** The run's name: one coordinator leads it. */
	readonly run: string;
	readonly runTag: string;
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly connection: Connection;
	readonly livesoakVersion: string;
	readonly listener: SupervisorListener;
	readonly resume?: FleetResume;
	/** Called once. @throws UserError when Redis cannot be reached */
	openLink(): Promise<CoordinatorLink>;
	/** What people want to know while nothing is measured yet. */
	onProgress(line: string): void;
	/** Ends the wait for agents. */
	readonly stop: AbortSignal;
}
