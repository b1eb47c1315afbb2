import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import type { FaultTools } from "../fault/fault-hands.js";
import type { OwnNetwork } from "../fault/network/own-network.js";
import type { Connection } from "../pool/connection.js";
import type { NetworkEffect } from "../scenario/fault.js";
import { findCoturn } from "./find-coturn.js";
import { findLiveKitServer } from "./find-livekit-server.js";
import { type CoturnPorts, type RunningTurn, startCoturn } from "./start-coturn.js";
import { type LiveKitPorts, type RunningServer, startLiveKit } from "./start-livekit.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** The servers that a run brings along when the user names none. */
export interface Embedded {
	readonly server: RunningServer;
	/** coturn, where the plan goes through a relay. */
	readonly turn?: RunningTurn;
	readonly connection: Connection;
	/** What faults of a scenario can do to them. */
	readonly faultTools: FaultTools;
	/** Told what ended, when one of them ends by itself. */
	onLost(listener: (what: string) => void): void;
	/** Idempotent, never rejects. */
	stop(): Promise<void>;
}

/**
 * Finds (or gets) and starts livekit-server, and coturn where the plan goes through a relay.
 * @throws UserError saying what is missing and what to type
 */
export async function startEmbedded(request: {
	readonly env: NodeJS.ProcessEnv;
	readonly turn: "none" | "plain" | "tls";
	/** Faults of the network that are to come: the servers get a network of their own for them. @default none */
	readonly networkFaults?: readonly NetworkEffect[];
	/** Of what is random in them. @default 1 */
	readonly seed?: number;
	readonly onProgress: (line: string) => void;
	readonly signal: AbortSignal;
}): Promise<Embedded> {
	const { env, turn: wanted, onProgress, signal } = request;
	// Looked for first: a missing coturn should not be noticed after a build of two minutes.
	const turnBinary = wanted === "none" ? undefined : await findCoturn(env);
	const binary = await findLiveKitServer({ env, onProgress, signal });
	onProgress(`livekit-server ${binary.version} from ${binary.origin}`);
	const { networkFaults = [], seed = 1 } = request;
	const network = await ownNetwork(networkFaults, { env, seed });
	const host = network?.serverAddress ?? "127.0.0.1";
	const stopped: (() => Promise<void>)[] = [];
	const certificate =
		wanted === "tls" ? await makeCertificate(host).catch(removeFirst(network)) : undefined;
	if (certificate) stopped.push(() => removeTemporaryFolder(certificate.folder));
	let stopping = false;
	let onLost: (what: string) => void = () => {};
	/** Until it ends, or is ended by us. */
	const watch = ({ exited }: Pick<RunningServer, "exited">, what: string) => {
		void exited.then(({ asked }) => {
			if (!asked && !stopping) onLost(what);
		});
	};
	const stop = async () => {
		stopping = true;
		await Promise.all(stopped.map((each) => each().catch(() => {})));
		// Last: who is in a network keeps it.
		await network?.remove();
	};
	try {
		const place = network
			? { host, place: network.serverPlace, choosePorts: async () => portsInOwnNetwork }
			: {};
		const server = await startLiveKit({
			...{ binary: binary.path, version: binary.version, signal },
			...place,
		});
		stopped.push(() => server.stop());
		const turn =
			turnBinary === undefined
				? undefined
				: await startCoturn({
						binary: turnBinary,
						signal,
						...(certificate ? { tls: certificate } : {}),
						...(network && { ...place, choosePorts: async () => turnPortsInOwnNetwork }),
					});
		if (turn) stopped.push(() => turn.stop());
		return {
			server,
			...(turn ? { turn } : {}),
			connection: connectionTo(server, turn, certificate?.caPem),
			faultTools: {
				restartServer: (how) => server.restart(how).then(() => watch(server, "livekit-server")),
				...(turn && { restartTurn: () => turn.restart().then(() => watch(turn, "coturn")) }),
				...(network && { network }),
			},
			onLost(listener) {
				onLost = listener;
				watch(server, "livekit-server");
				if (turn) watch(turn, "coturn");
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

function connectionTo(
	{ url, apiKey, apiSecret }: RunningServer,
	turn: RunningTurn | undefined,
	caPem: string | undefined,
): Connection {
	return {
		url,
		tokens: { kind: "minted", apiKey, apiSecret },
		...(turn && {
			turn: { kind: "rest", uris: Object.values(turn.uris), secret: turn.secret },
		}),
		...(caPem === undefined ? {} : { turnCaPem: caPem }),
	};
}

/** Loaded only where it is needed. @throws UserError where it cannot be made */
async function ownNetwork(
	effects: readonly NetworkEffect[],
	options: { readonly env: NodeJS.ProcessEnv; readonly seed: number },
): Promise<OwnNetwork | undefined> {
	if (effects.length === 0) return undefined;
	const { makeOwnNetwork } = await import("../fault/network/own-network.js");
	return makeOwnNetwork(effects, options);
}

function removeFirst(network: OwnNetwork | undefined) {
	return async (error: unknown): Promise<never> => {
		await network?.remove();
		throw error;
	};
}

/** Nobody else is there, so no port needs to be looked for. */
const portsInOwnNetwork: LiveKitPorts = {
	...{ signalPort: 7880, tcpPort: 7881, metricsPort: 6789 },
	...{ udpStart: 20_000, udpEnd: 29_999 },
};
const turnPortsInOwnNetwork: CoturnPorts = {
	...{ first: 3478, tls: 5349, mediaStart: 40_000, mediaEnd: 49_999 },
};

/** A certificate of its own authority for TURN over TLS on this host. */
async function makeCertificate(host: string) {
	const folder = await makeTemporaryFolder("certificate");
	const { private: key, cert } = await generate([{ name: "commonName", value: host }], {
		keyType: "ec",
		extensions: [
			{ name: "basicConstraints", cA: true },
			{ name: "subjectAltName", altNames: [{ type: 7, ip: host }] },
		],
	});
	const certFile = join(folder, "cert.pem");
	const keyFile = join(folder, "key.pem");
	await writeFile(certFile, cert);
	await writeFile(keyFile, key, { mode: 0o600 });
	return { folder, certFile, keyFile, caPem: cert };
}
