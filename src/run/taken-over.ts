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
