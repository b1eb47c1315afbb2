import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CliRoom } from "./cli.js";
import type { Namespace } from "./network-namespace.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const boundMs = 60_000;
let runs = 0;

export interface NamespacedRun {
	readonly out: string;
	/** The process goes with its namespace at the latest. */
	readonly ended: Promise<{
		readonly code: number | null;
		readonly stdout: string;
		readonly stderr: string;
	}>;
}

/** `livesoak run` of a scenario text, as a user of that namespace runs it. */
export async function startScenarioIn(
	namespace: Namespace,
	room: CliRoom,
	{ yaml, url, env }: { yaml: string; url: string; env: NodeJS.ProcessEnv },
): Promise<NamespacedRun> {
	const name = `in-namespace-${++runs}`;
	const scenario = await room.file(`${name}.yaml`, yaml);
	const out = join(room.folder, name);
	await mkdir(out);
	const order = ["run", scenario, "--out", out, "--url", url, "--quiet"];
	return { out, ended: runIn(namespace, room, order, env) };
}

/** The built command, as a user of that namespace runs it. */
export function runIn(
	namespace: Namespace,
	room: CliRoom,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
): NamespacedRun["ended"] {
	const child = spawn(...namespace.within(process.execPath, [main, ...args]), {
		env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: room.temporary, ...env },
		cwd: room.folder,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const written = { stdout: "", stderr: "" };
	child.stdout.on("data", (chunk) => {
		written.stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		written.stderr += chunk;
	});
	const bound = setTimeout(() => child.kill("SIGKILL"), boundMs);
	return new Promise((resolve) => {
		child.once("close", (code) => {
			clearTimeout(bound);
			resolve({ code, ...written });
		});
	});
}
