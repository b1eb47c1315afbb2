import { readFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { redactor } from "../error/redact.js";
import { accepts } from "../turn/reachable.js";
import { stunAnswers } from "../turn/stun-answer.js";
import { type CoturnConfigFacts, coturnConfig, coturnLogName } from "./coturn-config.js";
import { type ExitFacts, type GuardedProcess, startGuarded } from "./guarded-process.js";
import { freePortBlock, type PortBlock } from "./port-block.js";
import { randomSecret } from "./random-secret.js";
import type { ProcessPlace } from "./start-livekit.js";
import { makeTemporaryFolder, removeTemporaryFolder, writeSecretFile } from "./temporary-folder.js";
import { EarlyExit, waitUntilReady } from "./wait-until-ready.js";

const readyBoundMs = 10_000;
const answerBoundMs = 500;
const attempts = 3;
const realm = "livesoak.test";

export interface CoturnRequest {
	/** Path of `turnserver`. */
	readonly binary: string;
	/** Address for listening and relaying. @default "127.0.0.1" */
	readonly host?: string;
	/** Switches TURN over TLS on; PEM files. */
	readonly tls?: { readonly certFile: string; readonly keyFile: string };
	/** Stops the server, whether it is still starting or running. */
	readonly signal?: AbortSignal | undefined;
	/** Where its processes run, such as a network namespace. @default here */
	readonly place?: ProcessPlace;
	/** @default free ones */
	readonly choosePorts?: (host: string, signal?: AbortSignal) => Promise<CoturnPorts>;
}

export interface CoturnPorts extends PortBlock {
	/** For TURN over TLS. @default a free one */
	readonly tls?: number;
}

export interface RunningTurn {
	/** RFC 7065 URIs: `turn:127.0.0.1:PORT?transport=udp`; `tls` is there if a certificate was given. */
	readonly uris: { readonly udp: string; readonly tcp: string; readonly tls?: string };
	/** For REST credentials (`use-auth-secret`). */
	readonly secret: string;
	readonly realm: string;
	/** Of turnserver itself; another one after `restart()`. */
	readonly pid: number;
	/** Readable until `stop()`. */
	readonly logFile: string;
	/** The whole log so far, without the secret. Empty after `stop()`. */
	log(): Promise<string>;
	/** SIGTERM, after 5 s SIGKILL, then the folder is removed. Idempotent, never rejects. */
	stop(): Promise<void>;
	/** Ends every allocation and starts anew with the same ports, secret and log file. */
	restart(): Promise<void>;
	/** Resolves when the server of this moment ends. */
	readonly exited: Promise<ExitFacts>;
}

/**
 * Starts coturn for this host and waits (10 s at most) until it answers over UDP, TCP and TLS.
 * @throws UserError (exit 1): it ended early (its last log lines are shown) or did not get ready
 */
export async function startCoturn(request: CoturnRequest): Promise<RunningTurn> {
	for (let attempt = 1; ; attempt += 1) {
		request.signal?.throwIfAborted();
		try {
			return await startOnce(request);
		} catch (error) {
			if (!(error instanceof EarlyExit) || !error.isPortConflict || attempt === attempts)
				throw error;
		}
	}
}

async function startOnce(request: CoturnRequest) {
	const { binary, host = "127.0.0.1", tls, signal, place } = request;
	const block: CoturnPorts = await (request.choosePorts ?? freePortBlock)(host, signal);
	const secret = randomSecret();
	const folder = await makeTemporaryFolder("coturn");
	const facts: CoturnConfigFacts = {
		host,
		port: block.first,
		relayStart: block.mediaStart,
		relayEnd: block.mediaEnd,
		realm,
		secret,
		folder,
		...(tls === undefined ? {} : { tls: { ...tls, port: block.tls ?? (await getPort({ host })) } }),
	};
	const logFile = join(folder, coturnLogName);
	const log = async () => redactor([secret])(await readFile(logFile, "utf8").catch(() => ""));

	let server: GuardedProcess | undefined;
	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= (async () => {
			await server?.stop();
			await removeTemporaryFolder(folder).catch(() => {});
		})();
		return stopped;
	};
	const launch = async (config: string): Promise<GuardedProcess> => {
		const args = ["-c", config];
		const started = await startGuarded({
			...(place?.within(binary, args) ?? { command: binary, args }),
			env: {},
			folder,
			secrets: [secret],
		});
		server = started;
		await waitUntilReady({
			name: "coturn",
			server: started,
			isReady: () => isServing(facts),
			boundMs: readyBoundMs,
			logTail: async () => [...started.logTail(), ...(await log()).split("\n")],
			signal,
		});
		return started;
	};

	let running: GuardedProcess;
	let config: string;
	try {
		config = await writeSecretFile(folder, "turnserver.conf", coturnConfig(facts));
		running = await launch(config);
	} catch (error) {
		await stop();
		throw error;
	}
	signal?.addEventListener("abort", () => void stop(), { once: true });
	if (signal?.aborted) await stop();
	const turn: RunningTurn = {
		uris: urisOf(facts),
		secret,
		realm,
		get pid() {
			return running.pid;
		},
		get exited() {
			return running.exited;
		},
		logFile,
		log,
		stop,
		async restart() {
			await running.stop();
			running = await launch(config);
			// An abort during the restart has stopped the server before this one.
			if (stopped !== undefined) await running.stop();
		},
	};
	return turn;
}

function urisOf({ host, port, tls }: CoturnConfigFacts): RunningTurn["uris"] {
	const udp = `turn:${host}:${port}?transport=udp`;
	const tcp = `turn:${host}:${port}?transport=tcp`;
	return tls === undefined
		? { udp, tcp }
		: { udp, tcp, tls: `turns:${host}:${tls.port}?transport=tcp` };
}

async function isServing({ host, port, tls }: CoturnConfigFacts): Promise<boolean> {
	const answers = await Promise.all([
		stunAnswers(host, port, answerBoundMs),
		accepts(host, port, answerBoundMs),
		...(tls === undefined ? [] : [accepts(host, tls.port, answerBoundMs)]),
	]);
	return answers.every(Boolean);
}
