import { execFile } from "node:child_process";
import { chmod } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOnPath } from "./find-on-path.js";
import type { GetRequest, GetWay } from "./get-way.js";

const answerBoundMs = 5_000;
const pullBoundMs = 10 * 60_000;

/** Copies the binary out of the official image; the server then runs as a process, not in a container. */
export const getDocker: GetWay = {
	name: "Docker image",
	async get({ version, workFolder, env, onProgress, signal }: GetRequest) {
		if (platform() !== "linux") throw new Error("the image holds a Linux binary");
		const docker = await findOnPath("docker", env);
		if (docker === undefined) throw new Error("no `docker` on PATH");
		const run = async (boundMs: number, ...args: string[]) => {
			const { stdout } = await promisify(execFile)(docker, args, { env, signal, timeout: boundMs });
			return stdout.trim();
		};
		await run(answerBoundMs, "version", "--format", "{{.Server.Version}}").catch(() => {
			signal.throwIfAborted();
			throw new Error("no Docker daemon answers");
		});
		const image = `livekit/livekit-server:${version}`;
		onProgress(`pulling ${image}`);
		const container = await run(pullBoundMs, "create", image).catch((error: unknown) => {
			signal.throwIfAborted();
			throw new Error(`docker create ${image} failed: ${lastLine(error)}`);
		});
		const binary = join(workFolder, "livekit-server");
		try {
			await run(pullBoundMs, "cp", `${container}:/livekit-server`, binary);
		} finally {
			await run(answerBoundMs, "rm", container).catch(() => {});
		}
		await chmod(binary, 0o755);
		return binary;
	},
};

function lastLine(error: unknown): string {
	const { stderr } = error as { stderr?: unknown };
	const lines = typeof stderr === "string" ? stderr.trim().split("\n") : [];
	return lines.at(-1) || String(error);
}
