import type { DoctorContext } from "./context.js";
import type { Finding } from "./finding.js";

export interface CheckResult {
	/**
	 * What was tried and what came back, a line each, for the tree on the terminal ("TCP 192.0.2.7:7880 open, 3 ms").
	 * Never a secret or a token.
	 */
	readonly lines: readonly string[];
	/** None: this part is healthy. */
	readonly findings: readonly Finding[];
	/** Why there was nothing to check ("no TURN server was handed out"); then there are no findings. */
	readonly skipped?: string;
}

/** One part of the way to heard audio. */
export interface Check {
	/** Stable, as --json tells it: `dns`, `token`, `turn` … */
	readonly id: string;
	/** What it answers, as a heading: "Does the token let somebody in and speak?" */
	readonly title: string;
	/** Ids of the checks that write the facts it reads. They are over when it starts, well or not. */
	readonly after: readonly string[];
	/** Bounds its own time; `context.signal` aborts it earlier. What is wrong is a finding, not an error. */
	run(context: DoctorContext): Promise<CheckResult>;
}
