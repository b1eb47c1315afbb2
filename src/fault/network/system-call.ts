import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const boundMs = 10_000;

/** A program of the system that was run to its end. */
export interface CallEnd {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program with an empty environment, and nothing of the terminal's. Rejects where it cannot be started. */
export async function systemCall(
	command: string,
	args: readonly string[],
	input = "",
): Promise<CallEnd> {
	const child = spawn(command, args, { env: {}, timeout: boundMs, killSignal: "SIGKILL" });
	// One that ends without reading what it is given is judged by its exit code.
	child.stdin.on("error", () => {});
	child.stdin.end(input);
	const code = new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
	return { code: await code, stdout, stderr };
}

/** @throws Error with the program's own words */
export async function mustCall(
	command: string,
	args: readonly string[],
	input?: string,
): Promise<string> {
	const { code, stdout, stderr } = await systemCall(command, args, input);
	if (code === 0) return stdout;
	const words = stderr.trim().split("\n")[0] || `exit code ${code}`;
	throw new Error(`${command.split("/").at(-1)} ${args.join(" ")}: ${words}`);
}
