/** How a user error ends the command: 2 is bad input, 1 is a world that did not cooperate. */
export type UserErrorExitCode = 1 | 2;

export interface UserErrorFacts {
	/** What is wrong, naming the file, line or flag. One sentence, no stack. */
	readonly message: string;
	/** What would be right, or what to type. */
	readonly hint?: string;
	/** @default 2 (bad input) */
	readonly exitCode?: UserErrorExitCode;
	/** The original error, for logs only. */
	readonly cause?: unknown;
}

/** An error the user can mend. The CLI prints `message` and `hint`, never a stack trace. */
export class UserError extends Error {
	readonly hint: string | undefined;
	readonly exitCode: UserErrorExitCode;

	constructor(facts: UserErrorFacts) {
		super(facts.message, { cause: facts.cause });
		this.name = "UserError";
		this.hint = facts.hint;
		this.exitCode = facts.exitCode ?? 2;
	}
}
