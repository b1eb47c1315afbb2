import { redact } from "../error/redact.js";
import { UserError } from "../error/user-error.js";
import type { FromWorker } from "./messages.js";
import type { WorkerExit } from "./worker-handle.js";

/** What a worker says that cannot do its order. */
export function orderError(message: Extract<FromWorker, { kind: "failed" }>): UserError {
	const { hint, exitCode } = message;
	const told = hint === undefined ? {} : { hint };
	return new UserError({ message: message.message, exitCode, ...told });
}

/** How a worker process ended, in words, without secrets. */
export function endText({ code, signal, lastWords }: WorkerExit): string {
	const how = signal ? `killed by ${signal}` : `exit code ${code}`;
	return redact(lastWords ? `${how}: ${lastWords.split("\n").at(-1)}` : how);
}
