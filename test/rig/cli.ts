import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import { isRunning } from "./gone.js";
import { liveKitBinary } from "./real-parts.js";
import { storyOf } from "./run-story.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const defaultBoundMs = 90_000;
const mostStories = 3;

/** How a run of the built command ended. */
export interface CliEnd {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Where the run was told to put its result folder; exists if it came that far. */
	readonly out: string;
	/** Process ids of everything it ever started, as far as seen. */
	readonly descendants: readonly number[];
}

/** The built command while it runs. */
export interface CliRun {
	readonly pid: number;
	readonly out: string;
	kill(signal: NodeJS.Signals): void;
	stdout(): string;
	stderr(): string;
	readonly ended: Promise<CliEnd>;
}

/** A temporary folder in which the built command is run as a user runs it. */
export interface CliRoom {
	/** Working directory of every run; removed at the end. */
	readonly folder: string;
	/** `TMPDIR` of every run: what is left here was left behind. */
	readonly temporary: string;
	/** Writes a file into the folder. @returns its path */
	file(name: string, text: string | Uint8Array): Promise<string>;
	/** Arguments exactly as given, the environment without any LIVEKIT_ or LIVESOAK_ variable of the tests' own. */
	start(args: readonly string[], env?: NodeJS.ProcessEnv): CliRun;
	run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliEnd>;
	/** `livesoak run` of a scenario text, with an `--out` of its own. */
	startScenario(yaml: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliRun>;
	runScenario(yaml: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliEnd>;
}

/** Limits under which a slow machine cannot make a run invalid, for tests about something else. */
export const lenient = "validity: { lagP99: 60s, lateFrames: 100%, startDelayP99: 60s }";

/**
 * A room for the tests of this file or group; runs that still live at the end are killed.
 * @param boundMs a run that takes longer hangs, and is killed
 */
export function withCli(boundMs = defaultBoundMs): () => CliRoom {
	let room: CliRoom | undefined;
	const open = new Set<CliRun>();
	const ended: CliEnd[] = [];
	beforeAll(async () => {
		room = await makeRoom(open, ended, boundMs);
	});
	// A test that fails once in a hundred times must tell enough the one time it does.
	afterEach(async ({ task }) => {
		if (task.result?.state === "fail")
			for (const end of ended.splice(-mostStories)) process.stderr.write(await storyOf(end));
	});
	afterAll(async () => {
		for (const run of open) run.kill("SIGKILL");
		await Promise.all([...open].map((run) => run.ended));
		if (room) await rm(room.folder, { recursive: true, force: true });
	});
	return () => {
		if (room === undefined) throw new Error("withCli() is there only while tests run");
		return room;
	};
}

async function makeRoom(open: Set<CliRun>, ended: CliEnd[], boundMs: number): Promise<CliRoom> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-cli-"));
	const temporary = join(folder, "tmp");
	await mkdir(temporary);
	const base = {
		PATH: process.env.PATH,
		HOME: process.env.HOME,
		TMPDIR: temporary,
		LIVEKIT_SERVER_BIN: await liveKitBinary(),
	};
	let runs = 0;
	const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}, out = folder) => {
		const run = startCli(args, { ...base, ...env }, { cwd: folder, out, boundMs });
		open.add(run);
		void run.ended.then((end) => {
			open.delete(run);
			ended.push(end);
		});
		return run;
	};
	const file = async (name: string, text: string | Uint8Array) => {
		await writeFile(join(folder, name), text);
		return join(folder, name);
	};
	const startScenario = async (yaml: string, args: readonly string[] = [], env = {}) => {
		const scenario = await file(`scenario-${++runs}.yaml`, yaml);
		const out = join(folder, `results-${runs}`);
		return start(["run", scenario, "--out", out, ...args], env, out);
	};
	return {
		...{ folder, temporary, file, start, startScenario },
		run: (args, env) => start(args, env).ended,
		runScenario: async (...order) => (await startScenario(...order)).ended,
	};
}

function startCli(
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	{ cwd, out, boundMs }: { cwd: string; out: string; boundMs: number },
): CliRun {
	const child = spawn(process.execPath, [main, ...args], { env, cwd, stdio: "pipe" });
	const pid = child.pid ?? 0;
	const seen = new Set<number>();
	const written = { stdout: "", stderr: "" };
	child.stdout.on("data", (chunk) => {
		written.stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		written.stderr += chunk;
	});
	const look = setInterval(() => {
		for (const each of descendantsOf(pid)) seen.add(each);
	}, 500);
	const bound = setTimeout(() => child.kill("SIGKILL"), boundMs);
	const ended = new Promise<CliEnd>((resolve) => {
		child.once("close", (code, signal) => {
			clearInterval(look);
			clearTimeout(bound);
			resolve({ code, signal, ...written, out, descendants: [...seen] });
		});
	});
	return {
		...{ pid, out, ended },
		kill: (signal) => void child.kill(signal),
		stdout: () => written.stdout,
		stderr: () => written.stderr,
	};
}

/** Children, their children, and so on, of this moment. */
export function descendantsOf(ancestor: number): number[] {
	const table = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
	const children = new Map<number, number[]>();
	for (const line of table.trim().split("\n")) {
		const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
		children.set(parent, [...(children.get(parent) ?? []), pid]);
	}
	const found: number[] = [];
	for (const next = [ancestor]; next.length > 0; ) {
		const below = children.get(next.pop() ?? 0) ?? [];
		found.push(...below);
		next.push(...below);
	}
	return found;
}

/** Those of a run's descendants that are still there. */
export function leftBehind({ descendants }: Pick<CliEnd, "descendants">): number[] {
	return descendants.filter(isRunning);
}

/** How a user names a server: the secret in the environment, as the documentation advises. */
export function toServer({ url, apiKey, apiSecret }: RunningServer): {
	readonly args: readonly string[];
	readonly env: NodeJS.ProcessEnv;
} {
	return {
		args: ["--url", url],
		env: { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
	};
}
