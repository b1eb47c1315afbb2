import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { expect, vi } from "vitest";

/** What a server that runs leaves in the world. */
export interface Traces {
	readonly pid: number;
	/** TCP, on 127.0.0.1. */
	readonly port: number;
	readonly folder: string;
}

/** Fails unless process, port and temporary folder are all there. */
export async function expectThere({ pid, port, folder }: Traces): Promise<void> {
	expect({
		process: isRunning(pid),
		port: await isListening(port),
		folder: existsSync(folder),
	}).toEqual({ process: true, port: true, folder: true });
}

/** Fails unless process, port and temporary folder are all gone, at the latest after 10 s. */
export async function expectGone({ pid, port, folder }: Traces): Promise<void> {
	await vi.waitFor(
		async () =>
			expect({
				process: isRunning(pid),
				port: await isListening(port),
				folder: existsSync(folder),
			}).toEqual({ process: false, port: false, folder: false }),
		{ timeout: 10_000, interval: 50 },
	);
}

/** Whether the process runs; one that ended but was not yet reaped does not. */
export function isRunning(pid: number): boolean {
	try {
		const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
		return !state.trim().startsWith("Z");
	} catch {
		return false;
	}
}

export function parentOf(pid: number): number {
	return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
}

export function isListening(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host: "127.0.0.1", port });
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.once("error", () => resolve(false));
	});
}
