// A child program that stands between livesoak and a server it started, so that the server can
// never outlive livesoak. The IPC channel is the life line: the kernel closes it when the parent
// dies, however it dies (SIGKILL too), and then the guardian ends the server.
//
// It is started in a session of its own, so that Ctrl-C in a terminal reaches livesoak alone and
// participants can leave before their server goes.
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { noteOwner } from "./folder-owner.js";
import type { FromGuardian, ToGuardian } from "./guardian-messages.js";
import { temporaryFolderPrefix } from "./temporary-folder.js";

/** Grace for the server where nobody is left who could ask for another one. */
const orphanGraceMs = 3_000;
/**
 * livekit-server takes the first SIGTERM as "wait until everybody has left" and a second one as
 * "now", and it forgets one that arrives within 100 ms after it began to serve.
 */
const repeatMs = 500;

let child: ChildProcess | undefined;
let folder: string | undefined;
let forced = false;
let leaving = false;
let killTimer: NodeJS.Timeout | undefined;
let repeatTimer: NodeJS.Timeout | undefined;

process.on("message", (message: ToGuardian) => {
	switch (message.kind) {
		case "launch":
			folder = message.folder;
			// It outlives the parent by a moment, and its program with it.
			if (folder !== undefined) noteOwner(folder);
			launch(message.command, message.args);
			break;
		case "stop":
			end(message.graceMs);
			break;
	}
});
process.on("disconnect", () => end(orphanGraceMs));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
	process.on(signal, () => end(orphanGraceMs));
}

function launch(command: string, args: readonly string[]): void {
	try {
		// Behind setpriv a missing program would look like one that started and ended at once.
		accessSync(command, constants.X_OK);
	} catch (error) {
		leave({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
		return;
	}
	const [program, programArgs] = withParentDeathSignal(command, args);
	// A group of its own, so that one signal reaches whatever the server itself starts.
	const started = spawn(program, programArgs, {
		detached: true,
		stdio: ["ignore", "inherit", "inherit"],
	});
	child = started;
	started.once("spawn", () => tell({ kind: "started", pid: started.pid ?? 0 }));
	started.once("error", (error) => {
		if (started.pid === undefined) leave({ kind: "failed", message: error.message });
	});
	started.once("exit", (code, signal) => leave({ kind: "exited", code, signal, forced }));
}

/** SIGTERM now and again, SIGKILL after the grace; a later call sets the grace anew. */
function end(graceMs: number): void {
	if (leaving) return;
	if (child === undefined) {
		process.exit(0);
	}
	const leader = child;
	signalGroup(leader, "SIGTERM");
	clearInterval(repeatTimer);
	repeatTimer = setInterval(signalGroup, repeatMs, leader, "SIGTERM");
	clearTimeout(killTimer);
	killTimer = setTimeout(() => {
		forced = true;
		signalGroup(leader, "SIGKILL");
	}, graceMs);
}

function signalGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
	if (leader.pid === undefined) return;
	try {
		process.kill(-leader.pid, signal);
	} catch {
		leader.kill(signal);
	}
}

/** Once the program is gone: tells the parent, or cleans up in its place, and ends. */
function leave(lastWords: FromGuardian): void {
	leaving = true;
	clearTimeout(killTimer);
	clearInterval(repeatTimer);
	if (process.connected) {
		tell(lastWords, () => process.exit(0));
		return;
	}
	if (folder !== undefined && basename(folder).startsWith(temporaryFolderPrefix)) {
		rmSync(folder, { recursive: true, force: true });
	}
	process.exit(0);
}

function tell(message: FromGuardian, told: () => void = () => {}): void {
	// An error means that the parent has just died; `disconnect` follows and does the rest.
	process.send?.(message, undefined, undefined, told);
}

/** The belt to the braces: on Linux the kernel itself ends the server if the guardian is killed. */
function withParentDeathSignal(command: string, args: readonly string[]): [string, string[]] {
	const setpriv = "/usr/bin/setpriv";
	// The applet that BusyBox offers under this name has no --pdeathsig.
	const usable =
		process.platform === "linux" &&
		existsSync(setpriv) &&
		!realpathSync(setpriv).includes("busybox");
	return usable ? [setpriv, ["--pdeathsig", "KILL", "--", command, ...args]] : [command, [...args]];
}
