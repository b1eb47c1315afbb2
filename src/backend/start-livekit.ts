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
	/** @default free ones */
	readonly choosePorts?: (host: string, signal?: AbortSignal) => Promise<LiveKitPorts>;
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
	/** Of livekit-server itself. */
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
	/** Resolves however the server ends. */
	readonly exited: Promise<ExitFacts>;
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
	const stop = async () => {
		await server?.stop();
		await removeTemporaryFolder(folder).catch(() => {});
	};
	try {
		const facts = { host, interfaceName: interfaceOf(host), ...ports, apiKey, apiSecret };
		const text = liveKitConfig(overrides === undefined ? facts : { ...facts, overrides });
		const config = await writeSecretFile(folder, "livekit.yaml", text);
		server = await startGuarded({
			command: binary,
			args: ["--config", config],
			env: {},
			folder,
			secrets: [apiSecret],
			...(onLog === undefined ? {} : { onLine: onLog }),
		});
		const address = `http://${host}:${ports.signalPort}/`;
		await waitUntilReady({
			name: "livekit-server",
			server,
			isReady: () => answers(address),
			boundMs: readyBoundMs,
			signal,
		});
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
		pid: server.pid,
		ports,
		metricsUrl: `http://${host}:${ports.metricsPort}/metrics`,
		folder,
		logTail: server.logTail,
		stop,
		exited: server.exited,
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
