import type { Failure } from "../participant/failure.js";

/** A join that failed, carrying its stage and cause as fields. */
export class JoinError extends Error implements Failure {
	readonly stage: Failure["stage"];
	override readonly cause: Failure["cause"];
	readonly detail: string;

	constructor(failure: Failure) {
		super(`${failure.stage}: ${failure.cause}: ${failure.detail}`);
		this.name = "JoinError";
		this.stage = failure.stage;
		this.cause = failure.cause;
		this.detail = failure.detail;
	}
}
