import { networkInterfaces } from "node:os";
import getPort from "get-port";
import { request as httpRequest } from "undici";
import { UserError } from "../error/user-error.js";
import { type ExitFacts, type GuardedProcess, startGuarded } from "./guarded-process.js";
import { type LiveKitOverrides, liveKitConfig } from "./livekit-config.js";
import { liveKitVersion } from "./livekit-version.js";
import { freePortBlock } from "./port-block.js";
import { randomApiKey, randomSecret } from "./random-secret.js";
import { makeTemporaryFolder, removeTemporaryFolder, writeSecretFile } from "./temporary-folder.js";
import { EarlyExit, waitUntilReady } from "./wait-until-ready.js";

const readyBoundMs = 15_000;
const requestBoundMs = 1_000;
const politeMs = 5_000;
const attempts = 3;

export interface LiveKitRequest {
	/** Path of the livekit-server binary. */
	readonly binary: string;
	/** Address that the server binds and offers as its candidate. @default "127.0.0.1" */
	readonly host?: string;
	/** Signalling port. @default a free one */
	readonly port?: number | undefined;
	/** Every log line of the server, without secrets. */
	readonly onLog?: (line: string) => void;
	/** Stops the server, whether it is still starting or running. */
	readonly signal?: AbortSignal | undefined;
	readonly overrides?: LiveKitOverrides;
	/** If known already, with a leading `v`. @default what the binary answers */
	readonly version?: string;
	/** Where its processes run, such as a network namespace. @default here */
	readonly place?: ProcessPlace;
	/** @default free ones */
	readonly choosePorts?: (host: string, signal?: AbortSignal) => Promise<LiveKitPorts>;
}

/** Where a server's processes run. */
export interface ProcessPlace {
	/** The interface there that has the server's address. */
	readonly interfaceName: string;
	/** The command line that runs a program there; a path and its arguments. */
	within(command: string, args: readonly string[]): { command: string; args: readonly string[] };
}

export interface LiveKitPorts {
	readonly signalPort: number;
	readonly metricsPort: number;
	readonly tcpPort: number;
	readonly udpStart: number;
	readonly udpEnd: number;
}

export interface RunningServer {
	/** `ws://127.0.0.1:PORT` */
	readonly url: string;
	readonly apiKey: string;
	readonly apiSecret: string;
	/** With a leading `v`. */
	readonly version: string;
	/** Of livekit-server itself; another one after `restart()`. */
	readonly pid: number;
	readonly ports: LiveKitPorts;
	/** livekit-server's own Prometheus metrics. */
	readonly metricsUrl: string;
	/** Temporary, 0700; goes with the server, also where livesoak is killed. */
	readonly folder: string;
	/** The last 200 lines of its log, without secrets. */
	logTail(): string[];
	/** SIGTERM, after 5 s SIGKILL, then the folder is removed. Idempotent, never rejects. */
	stop(): Promise<void>;
	/** Resolves when the server of this moment ends, however it does. */
	readonly exited: Promise<ExitFacts>;
	/**
	 * Ends the server and starts anew with the same ports and keys.
	 * @param how `crash`: SIGKILL. `stop`: SIGTERM until it gives in, after 5 s SIGKILL
	 * @throws UserError where it does not come back
	 */
	restart(how: "crash" | "stop"): Promise<void>;
}

/**
 * Starts a livekit-server for this host and waits (15 s at most) until it answers.
 * A port that somebody else takes meanwhile is noticed and other ports are tried, three times in all.
 *
 * @throws UserError: it ended early (its last log lines are shown), did not get ready, or `port` is in use
 */
export async function startLiveKit(request: LiveKitRequest): Promise<RunningServer> {
	const host = request.host ?? "127.0.0.1";
	const version = request.version ?? (await knownVersion(request));
	for (let attempt = 1; ; attempt += 1) {
		request.signal?.throwIfAborted();
		const choosePorts = request.choosePorts ?? freePorts(request.port);
		const ports = await choosePorts(host, request.signal);
		try {
			return await startOnce(request, host, version, ports);
		} catch (error) {
			if (!(error instanceof EarlyExit) || !error.isPortConflict || attempt === attempts)
				throw error;
			request.onLog?.("livesoak: a port was taken meanwhile, trying others");
		}
	}
}

async function knownVersion({ binary, signal }: LiveKitRequest): Promise<string> {
	const version = await liveKitVersion(binary, signal);
	if (version !== undefined) return version;
	throw new UserError({
		message: `${binary} is not a livekit-server: it does not answer to --version as one.`,
		hint: "Name the livekit-server binary, or none to have one found.",
		exitCode: 1,
	});
}

function freePorts(fixedPort: number | undefined) {
	return async (host: string, signal?: AbortSignal): Promise<LiveKitPorts> => {
		const block = await freePortBlock(host, signal);
		const signalPort = await getPort({
			host,
			...(fixedPort === undefined ? {} : { port: fixedPort }),
		});
		// get-port answers with another port where the preferred one is taken.
		if (fixedPort !== undefined && signalPort !== fixedPort) {
			throw new UserError({
				message: `Port ${fixedPort} on ${host} is in use, so livekit-server cannot listen there.`,
				hint: "Choose another --port, or leave it out to have a free one found.",
			});
		}
		return {
			signalPort,
			metricsPort: await getPort({ host, exclude: [signalPort] }),
			tcpPort: block.first,
			udpStart: block.mediaStart,
			udpEnd: block.mediaEnd,
		};
	};
}

async function startOnce(
	request: LiveKitRequest,
	host: string,
	version: string,
	ports: LiveKitPorts,
): Promise<RunningServer> {
	const { binary, overrides, onLog, signal } = request;
	const apiKey = randomApiKey();
	const apiSecret = randomSecret();
	const folder = await makeTemporaryFolder("livekit");
	let server: GuardedProcess | undefined;
	let isStopped = false;
	const stop = async () => {
		isStopped = true;
		await server?.stop();
		await removeTemporaryFolder(folder).catch(() => {});
	};
	const launch = async (config: string): Promise<GuardedProcess> => {
		const args = ["--config", config];
		const started = await startGuarded({
			...(request.place?.within(binary, args) ?? { command: binary, args }),
			env: {},
			folder,
			secrets: [apiSecret],
			...(onLog === undefined ? {} : { onLine: onLog }),
		});
		server = started;
		const address = `http://${host}:${ports.signalPort}/`;
		await waitUntilReady({
			name: "livekit-server",
			server: started,
			isReady: () => answers(address),
			boundMs: readyBoundMs,
			signal,
		});
		return started;
	};
	let running: GuardedProcess;
	let config: string;
	try {
		const interfaceName = request.place?.interfaceName ?? interfaceOf(host);
		const facts = { host, interfaceName, ...ports, apiKey, apiSecret };
		const text = liveKitConfig(overrides === undefined ? facts : { ...facts, overrides });
		config = await writeSecretFile(folder, "livekit.yaml", text);
		running = await launch(config);
	} catch (error) {
		await stop();
		throw error;
	}
	signal?.addEventListener("abort", () => void stop(), { once: true });
	if (signal?.aborted) await stop();
	return {
		url: `ws://${host}:${ports.signalPort}`,
		apiKey,
		apiSecret,
		version,
		get pid() {
			return running.pid;
		},
		ports,
		metricsUrl: `http://${host}:${ports.metricsPort}/metrics`,
		folder,
		logTail: () => running.logTail(),
		stop,
		get exited() {
			return running.exited;
		},
		async restart(how) {
			await running.stop(how === "crash" ? 0 : politeMs);
			if (isStopped) return;
			running = await launch(config);
			// Stopped meanwhile, which reached the server before this one.
			if (isStopped) await running.stop();
		},
	};
}

/** "lo" on Linux, "lo0" on macOS. */
function interfaceOf(host: string): string | undefined {
	return Object.entries(networkInterfaces()).find(([, addresses]) =>
		addresses?.some(({ address }) => address === host),
	)?.[0];
}

async function answers(address: string): Promise<boolean> {
	try {
		const { statusCode, body } = await httpRequest(address, {
			signal: AbortSignal.timeout(requestBoundMs),
		});
		await body.dump();
		return statusCode === 200;
	} catch {
		return false;
	}
}
