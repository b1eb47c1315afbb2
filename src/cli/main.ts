#!/usr/bin/env node
import { exitCodes } from "../error/exit-codes.js";
import type { Environment } from "./environment.js";
import { startSpareWorker } from "./spare-worker.js";

/** After this many signals nobody waits any longer. */
const patience = 3;

const environment = realEnvironment();
// Before anything else is loaded: until it has its order, the worker process has as much to load.
const spare = startSpareWorker(environment);
const { commandLine } = await import("./command-line.js");
process.exitCode = await commandLine(environment, spare);
spare?.kill();

function realEnvironment(): Environment {
	const gentle = new AbortController();
	const now = new AbortController();
	let signals = 0;
	const onSignal = () => {
		signals++;
		if (signals === 1) {
			gentle.abort();
			process.stderr.write("\nStopping. Again to end at once.\n");
		} else now.abort();
		if (signals >= patience) process.exit(exitCodes.aborted);
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	// Whoever reads our output may go away; that must not end a run.
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
	return {
		argv: process.argv.slice(2),
		env: process.env,
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
		stdoutIsTty: process.stdout.isTTY === true,
		stderrIsTty: process.stderr.isTTY === true,
		signal: gentle.signal,
		killSignal: now.signal,
		exit: exitWhenWritten,
	};
}

async function exitWhenWritten(code: number): Promise<never> {
	// Whoever read it may be gone: then there is nothing to wait for.
	for (const stream of [process.stdout, process.stderr])
		if (stream.writable) await new Promise((resolve) => stream.write("", resolve));
	process.exit(code);
}
