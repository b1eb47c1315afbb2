/** Every way the command can end. Documented in docs/exit-codes.md; scripts rely on these numbers. */
export const exitCodes = {
	/** Ran to the end and every threshold held. */
	passed: 0,
	/** Could not run to the end: server gone, worker pool lost, internal error. Partial results are saved. */
	error: 1,
	/** Bad input: a flag, a scenario or a config file. */
	badInput: 2,
	/** The tester itself could not keep its schedule, so its figures say nothing about the server. */
	invalid: 3,
	/** `doctor` found a fault. */
	fault: 4,
	/** A threshold or a gate failed (the number k6 uses). */
	thresholdFailed: 99,
	/** Stopped by the user; partial results are saved. */
	aborted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
