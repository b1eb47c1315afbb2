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
	const lines = lastWords.split("\n");
	// Node writes its version last; the error itself stands above its stack, a Rust panic above its hint.
	const said = lines.find((line) => /^\w*Error\b|panicked at/.test(line)) ?? lines.at(-1);
	return redact(said ? `${how}: ${said}` : how);
}
