import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import yargs from "yargs";
import type { Environment } from "../../src/cli/environment.js";
import type { Job } from "../../src/cli/job.js";
import { serverCommand } from "../../src/cli/server.js";
import { liveKitBinary, requirePart } from "../rig/real-parts.js";

/** The command as main.ts runs it, with what it writes kept. */
function command(env: NodeJS.ProcessEnv = process.env) {
	const stop = new AbortController();
	const written = { out: "", err: "" };
	const stdout = new PassThrough().on("data", (chunk) => {
		written.out += chunk;
	});
	const stderr = new PassThrough().on("data", (chunk) => {
		written.err += chunk;
	});
	const environment: Environment = {
		argv: [],
		env,
		stdout,
		stderr,
		signal: stop.signal,
		killSignal: stop.signal,
		stdoutIsTty: false,
		stderrIsTty: false,
	};
	const run = async (...args: string[]) => {
		let chosen: Job | undefined;
		await yargs()
			.command(
				serverCommand(environment, (job) => {
					chosen = job;
				}),
			)
			.fail((message, error) => {
				throw error ?? new Error(message);
			})
			.parseAsync(["server", ...args]);
		return chosen?.();
	};
	return { run, stop, written };
}

requirePart("coturn")("livesoak server", () => {
	test("says how to reach it, keeps the secrets in a file to source, and ends with 0 and no trace", async () => {
		const { run, stop, written } = command();
		const ended = run("--with-turn");
		await vi.waitFor(() => expect(written.out).toContain("Press Ctrl-C"), { timeout: 30_000 });
		const envFile = /source (\S+)/.exec(written.out)?.[1] ?? "";
		expect((await stat(envFile)).mode & 0o777).toBe(0o600);
		const script = `. ${envFile} && env`;
		const sourced = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8", env: {} }).stdout;
		const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(sourced)?.[1] ?? "";
		expect(written.out).toContain(value("LIVEKIT_URL"));
		expect(written.out).toContain(value("LIVEKIT_API_KEY"));
		expect(written.out).toMatch(/turn +turn:127\.0\.0\.1:\d+\?transport=udp/);
		for (const secret of [value("LIVEKIT_API_SECRET"), value("LIVESOAK_TURN_SECRET")]) {
			expect(secret.length).toBeGreaterThanOrEqual(32);
			expect(written.out + written.err).not.toContain(secret);
		}
		stop.abort();
		expect(await ended).toBe(0);
		expect(existsSync(dirname(envFile))).toBe(false);
	});
});

test("livesoak server --install-only says where the server is and starts none", async () => {
	const { run, written } = command({ LIVEKIT_SERVER_BIN: await liveKitBinary() });
	expect(await run("--install-only")).toBe(0);
	expect(written.err).toContain(await liveKitBinary());
	expect(written.out).toBe("");
});

test("livesoak server that is interrupted before it serves ends with 130", async () => {
	const { run, stop } = command();
	stop.abort();
	expect(await run()).toBe(130);
});

test.each([
	[["--port", "0"], "--port is not one port number."],
	[["--port", "abc"], "--port is not one port number."],
	[["--port", "1.5"], "--port is not one port number."],
	[["--server-version", "latest"], "--server-version latest is not a release."],
	[["--server-version", "../1.2.3"], "--server-version ../1.2.3 is not a release."],
])("livesoak server %j is bad input", async (args, message) => {
	await expect(command().run(...args)).rejects.toMatchObject({
		name: "UserError",
		message,
		exitCode: 2,
	});
});

test("livesoak server --with-turn without coturn says how to install it, before anything is started", async () => {
	const { run, written } = command({ PATH: tmpdir() });
	await expect(run("--with-turn")).rejects.toMatchObject({
		message: expect.stringContaining("coturn is not installed"),
		hint: expect.stringContaining("apt-get install coturn"),
	});
	expect(written).toEqual({ out: "", err: "" });
});
