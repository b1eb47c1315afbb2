import type { Writable } from "node:stream";
import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import { findCoturn } from "../backend/find-coturn.js";
import { findLiveKitServer } from "../backend/find-livekit-server.js";
import { startCoturn } from "../backend/start-coturn.js";
import { type RunningServer, startLiveKit } from "../backend/start-livekit.js";
import { writeSecretFile } from "../backend/temporary-folder.js";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { UserError } from "../error/user-error.js";
import type { Environment } from "./environment.js";

interface ServerOptions {
	readonly port: number | undefined;
	readonly "with-turn": boolean;
	readonly "server-version": string | undefined;
	readonly "install-only": boolean;
}

type Options = ArgumentsCamelCase<ServerOptions>;

const releasePattern = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/**
 * `livesoak server`: the embedded livekit-server (and coturn) in the foreground, until SIGINT or
 * SIGTERM. Ending a foreground server so is the normal way, hence exit code 0; 1 if it ends by itself.
 * Bad input is thrown as a UserError out of the handler.
 */
export function serverCommand(
	environment: Environment,
	onExit: (code: ExitCode) => void,
): CommandModule<object, ServerOptions> {
	return {
		command: "server",
		describe: "Run the embedded LiveKit server (and coturn) in the foreground",
		builder: serverOptions,
		handler: async (options) => onExit(await runServer(environment, options)),
	};
}

function serverOptions(yargs: Argv<object>): Argv<ServerOptions> {
	return yargs
		.option("port", {
			type: "number",
			describe: "Signalling port (default: a free one)",
			requiresArg: true,
		})
		.option("with-turn", { type: "boolean", default: false, describe: "Start coturn as well" })
		.option("server-version", {
			type: "string",
			describe: "livekit-server release, such as v1.13.5",
			requiresArg: true,
		})
		.option("install-only", {
			type: "boolean",
			default: false,
			describe: "Find or get the server, print where it is, and exit",
		});
}

/** Not left to yargs' `coerce`, which would lose the hint. A flag given twice arrives as an array. */
function checkOptions({ port, serverVersion }: Options): void {
	if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
		throw new UserError({
			message: "--port is not one port number.",
			hint: "Give a whole number from 1 to 65535, such as --port 7880.",
		});
	}
	// Becomes part of addresses and paths.
	if (serverVersion !== undefined && !releasePattern.test(String(serverVersion))) {
		throw new UserError({
			message: `--server-version ${String(serverVersion)} is not a release.`,
			hint: "Give one as LiveKit names them, such as --server-version v1.13.5.",
		});
	}
}

async function runServer(environment: Environment, options: Options): Promise<ExitCode> {
	checkOptions(options);
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
