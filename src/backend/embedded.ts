import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import type { Connection } from "../pool/connection.js";
import { findCoturn } from "./find-coturn.js";
import { findLiveKitServer } from "./find-livekit-server.js";
import { type RunningTurn, startCoturn } from "./start-coturn.js";
import { type RunningServer, startLiveKit } from "./start-livekit.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** The servers that a run brings along when the user names none. */
export interface Embedded {
	readonly server: RunningServer;
	readonly connection: Connection;
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
	readonly onProgress: (line: string) => void;
	readonly signal: AbortSignal;
}): Promise<Embedded> {
	const { env, turn: wanted, onProgress, signal } = request;
	// Looked for first: a missing coturn should not be noticed after a build of two minutes.
	const turnBinary = wanted === "none" ? undefined : await findCoturn(env);
	const binary = await findLiveKitServer({ env, onProgress, signal });
	onProgress(`livekit-server ${binary.version} from ${binary.origin}`);
	const certificate = wanted === "tls" ? await makeCertificate() : undefined;
	const stopped: (() => Promise<void>)[] = [];
	if (certificate) stopped.push(() => removeTemporaryFolder(certificate.folder));
	let stopping = false;
	const stop = async () => {
		stopping = true;
		await Promise.all(stopped.map((each) => each().catch(() => {})));
	};
	try {
		const server = await startLiveKit({ binary: binary.path, version: binary.version, signal });
		stopped.push(() => server.stop());
		const turn =
			turnBinary === undefined
				? undefined
				: await startCoturn({
						binary: turnBinary,
						signal,
						...(certificate ? { tls: certificate } : {}),
					});
		if (turn) stopped.push(() => turn.stop());
		return {
			server,
			connection: connectionTo(server, turn, certificate?.caPem),
			onLost(listener) {
				const tell = (what: string) => stopping || listener(what);
				void server.exited.then(() => tell("livekit-server"));
				void turn?.exited.then(() => tell("coturn"));
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

/** A certificate of its own authority for TURN over TLS on loopback. */
async function makeCertificate() {
	const folder = await makeTemporaryFolder("certificate");
	const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
		keyType: "ec",
		extensions: [
			{ name: "basicConstraints", cA: true },
			{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
		],
	});
	const certFile = join(folder, "cert.pem");
	const keyFile = join(folder, "key.pem");
	await writeFile(certFile, cert);
	await writeFile(keyFile, key, { mode: 0o600 });
	return { folder, certFile, keyFile, caPem: cert };
}
