import type { Clock } from "../clock/clock.js";
import type { FaultTools } from "../fault/fault-hands.js";
import type { Plan } from "../plan/plan.js";
import type { Crew } from "../pool/crew.js";
import type { SupervisorListener } from "../pool/supervisor-options.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Sink } from "../sink/sink.js";
import type { MemoryReading } from "./memory-reading.js";
import type { ResumePoint } from "./resume-point.js";
import type { RunInfo } from "./run-info.js";

/** What a run is made of. */
export interface RunOrder {
	readonly scenario: Scenario;
	readonly plan: Plan;
	readonly info: Omit<RunInfo, "engines">;
	/**
	 * Makes those who live the plan, from where it is taken up. Called once; starts nothing.
	 * @param runTag tells the participants of this run from those of another on the same server
	 */
	crew(listener: SupervisorListener, runTag: string): Crew;
	/** What faults can do to the servers that were started for this run; absent: the user's own. */
	readonly faultTools?: FaultTools;
	/** Where a killed run goes on; absent: it begins. */
	readonly resume?: ResumePoint;
	/** Memory of the parent and of the servers, asked for every few seconds of a long run. Never rejects. */
	readonly readMemory?: () => Promise<MemoryReading>;
	/** Asks the server for a word; called once, while the workers get ready. Nobody joins unless it resolves. */
	preflight(): Promise<void>;
	/** Called once, while the workers get ready: what writes and shows is not loaded before they are started. */
	sinks(): Promise<readonly Sink[]>;
	readonly clock: Clock;
	/** First stop line: start nothing new, let everyone leave. Its reason is a StopReason. */
	readonly stop: AbortSignal;
	/** Second stop line: interrupt what is left. */
	readonly kill: AbortSignal;
}
