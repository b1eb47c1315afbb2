import { setTimeout as sleep } from "node:timers/promises";
import { findLiveKitServer } from "../src/backend/find-livekit-server.js";
import { type RunningServer, startLiveKit } from "../src/backend/start-livekit.js";
import { UserError } from "../src/error/user-error.js";
import { cpuSecondsOf } from "./process-tree.js";
import { readServer, type ServerFigures } from "./server-metrics.js";

const emptyWithinMs = 30_000;
const lookEveryMs = 200;

/** The livekit-server of a bench, alone on loopback; all runs go against the same one. */
export class Lab {
	readonly version: string;
	/** For the testers; the secret is on no command line. */
	readonly env: NodeJS.ProcessEnv;
	readonly #server: RunningServer;

	private constructor(server: RunningServer, env: NodeJS.ProcessEnv) {
		const { PATH, HOME, TMPDIR } = env;
		this.#server = server;
		this.version = server.version;
		this.env = {
			...{ PATH, HOME, ...(TMPDIR && { TMPDIR }) },
			...{ LIVEKIT_URL: server.url },
			...{ LIVEKIT_API_KEY: server.apiKey, LIVEKIT_API_SECRET: server.apiSecret },
		};
	}

	static async open(
		env: NodeJS.ProcessEnv,
		onProgress: (line: string) => void,
		signal: AbortSignal,
	): Promise<Lab> {
		const { path, version } = await findLiveKitServer({ env, onProgress, signal });
		return new Lab(await startLiveKit({ binary: path, version, signal }), env);
	}

	figures(): Promise<ServerFigures> {
		return readServer(this.#server.metricsUrl);
	}

	/** CPU time of the server so far. */
	cpuSeconds(): number {
		return cpuSecondsOf(this.#server.pid);
	}

	/** Waits until nobody is left of the run before. @throws UserError after 30 s */
	async whenEmpty(signal: AbortSignal): Promise<void> {
		for (let waitedMs = 0; waitedMs < emptyWithinMs; waitedMs += lookEveryMs) {
			const { participants, streams } = await this.figures();
			if (participants === 0 && streams === 0) return;
			await sleep(lookEveryMs, undefined, { signal });
		}
		throw new UserError({
			message: `The server still holds participants ${emptyWithinMs / 1000} s after they were told to leave.`,
			exitCode: 1,
		});
	}

	close(): Promise<void> {
		return this.#server.stop();
	}
}
