import { UserError } from "../error/user-error.js";

/** Somebody else leads this run by now, and writes its result folder: here it ends without another word. */
export class RunTakenOver extends UserError {
	constructor(run: string) {
		super({
			message: `Another livesoak has taken over the run ${run}.`,
			hint: "This one stood still, or was cut off from Redis, for too long.",
			exitCode: 1,
		});
	}
}

/** Whether somebody else leads this run by now cannot be known: it ends without another word, too. */
export class RunCutOff extends UserError {
	constructor(run: string) {
		super({
			message: `This livesoak is cut off from Redis, and whether another one leads the run ${run} by now is not known.`,
			hint: "Its folder has all until then: livesoak run --resume goes on with it, livesoak report shows it.",
			exitCode: 1,
		});
	}
}
