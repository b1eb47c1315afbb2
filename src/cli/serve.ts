import type { Writable } from "node:stream";
import { findCoturn } from "../backend/find-coturn.js";
import { findLiveKitServer } from "../backend/find-livekit-server.js";
import { startCoturn } from "../backend/start-coturn.js";
import { type RunningServer, startLiveKit } from "../backend/start-livekit.js";
import { writeSecretFile } from "../backend/temporary-folder.js";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import type { Environment } from "./environment.js";
import type { Options } from "./server.js";

/**
 * The embedded livekit-server (and coturn) in the foreground, until SIGINT or SIGTERM. Ending a foreground server
 * so is the normal way, hence exit code 0; 1 if it ends by itself.
 */
export async function serve(environment: Environment, options: Options): Promise<ExitCode> {
	const { env, stdout, stderr, signal } = environment;
	const say = lineWriter(stdout);
	const report = lineWriter(stderr);
	let server: RunningServer | undefined;
	let stopTurn: (() => Promise<void>) | undefined;
	try {
		// Looked for first: a missing coturn should not be noticed after a build of two minutes.
		const turnBinary = options.withTurn ? await findCoturn(env) : undefined;
		const binary = await findLiveKitServer({
			env,
			version: options.serverVersion,
			onProgress: report,
			signal,
		});
		report(`livekit-server ${binary.version} from ${binary.origin}: ${binary.path}`);
		if (options.installOnly) return exitCodes.passed;
		server = await startLiveKit({
			binary: binary.path,
			version: binary.version,
			port: options.port,
			signal,
		});
		const turn =
			turnBinary === undefined ? undefined : await startCoturn({ binary: turnBinary, signal });
		stopTurn = turn?.stop;
		const envFile = await writeSecretFile(
			server.folder,
			"livesoak.env",
			envLines(server, turn?.secret),
		);
		say(`url       ${server.url}`);
		say(`api key   ${server.apiKey}`);
		say(`metrics   ${server.metricsUrl}`);
		for (const uri of Object.values(turn?.uris ?? {})) say(`turn      ${uri}`);
		say(`secrets   source ${envFile}`);
		say("Press Ctrl-C to stop.");

		const ended = [server.exited.then(() => "livekit-server")];
		if (turn !== undefined) ended.push(turn.exited.then(() => "coturn"));
		const first = await Promise.race([...ended, aborted(signal)]);
		if (signal.aborted) return exitCodes.passed;
		report(`${first} ended by itself. The last lines of livekit-server:`);
		for (const line of server.logTail().slice(-10)) report(`  ${line}`);
		return exitCodes.error;
	} catch (error) {
		// Stopped while it was still starting: nothing was served, so this is no success.
		if (signal.aborted) return exitCodes.aborted;
		throw error;
	} finally {
		await Promise.all([stopTurn?.(), server?.stop()]);
	}
}

/** For `source` in any POSIX shell. The values hold no quote: they are made here, of URL-safe characters. */
function envLines(server: RunningServer, turnSecret: string | undefined): string {
	const values = {
		LIVEKIT_URL: server.url,
		LIVEKIT_API_KEY: server.apiKey,
		LIVEKIT_API_SECRET: server.apiSecret,
		...(turnSecret === undefined ? {} : { LIVESOAK_TURN_SECRET: turnSecret }),
	};
	return Object.entries(values)
		.map(([name, value]) => `export ${name}='${value}'\n`)
		.join("");
}

function lineWriter(stream: Writable): (line: string) => void {
	return (line) => void stream.write(`${line}\n`);
}

function aborted(signal: AbortSignal): Promise<string> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve("");
		signal.addEventListener("abort", () => resolve(""), { once: true });
	});
}
