import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { coturnConfig, coturnLogName } from "../../src/backend/coturn-config.js";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { findOnPath } from "../../src/backend/find-on-path.js";
import { type GuardedProcess, startGuarded } from "../../src/backend/guarded-process.js";
import {
	makeTemporaryFolder,
	removeTemporaryFolder,
	writeSecretFile,
} from "../../src/backend/temporary-folder.js";
import { waitUntilReady } from "../../src/backend/wait-until-ready.js";
import type { Namespace } from "./network-namespace.js";
import type { TestCertificate } from "./test-ca.js";

const readyBoundMs = 10_000;

export interface CoturnVariant {
	/** Lines of turnserver.conf to add. */
	readonly lines?: readonly string[];
	/** Options of the healthy configuration to leave out. */
	readonly without?: readonly string[];
	/** Switches TLS on, at `tlsPort`. */
	readonly tls?: TestCertificate;
	/** Where it runs instead of on loopback; ports are fixed there. */
	readonly namespace?: Namespace;
}

export interface CoturnWith {
	readonly host: string;
	readonly port: number;
	readonly tlsPort: number;
	/** Of the relay, both included. */
	readonly relayPorts: readonly [first: number, last: number];
	readonly secret: string;
	readonly realm: string;
	/** The turnserver.conf it runs with. */
	readonly configFile: string;
	log(): Promise<string>;
	stop(): Promise<void>;
}

/**
 * A coturn with a given fault in its configuration. Without one it is healthy, peers on loopback and in private
 * networks allowed and multicast refused.
 */
export async function startCoturnWith(variant: CoturnVariant = {}): Promise<CoturnWith> {
	const { namespace } = variant;
	const host = namespace?.address ?? "127.0.0.1";
	// Coturn shares a UDP port with another one without a word, so fixed starts are for a namespace of one's own.
	const port = namespace ? 3478 : await getPort({ host });
	const tlsPort = namespace ? 5349 : await getPort({ host });
	const firstRelay = namespace ? 40_000 : 10_000 + 100 * randomInt(200);
	const relayPorts = [firstRelay, firstRelay + 99] as const;
	const facts = { host, realm: "livesoak.test", secret: "the-shared-secret-of-coturn-tests" };
	const folder = await makeTemporaryFolder("coturn");
	const text = coturnConfig({
		...facts,
		...{ folder, port, relayStart: relayPorts[0], relayEnd: relayPorts[1] },
		...(variant.tls === undefined ? {} : { tls: { port: tlsPort, ...variant.tls } }),
	});
	const configFile = await writeSecretFile(folder, "turnserver.conf", edited(text, variant));
	const log = () => readFile(join(folder, coturnLogName), "utf8").catch(() => "");
	const server = await launch(configFile, folder, namespace);
	const stop = async () => {
		await server.stop();
		await removeTemporaryFolder(folder).catch(() => {});
	};
	try {
		await waitUntilReady({
			...{ name: "coturn", server, boundMs: readyBoundMs },
			// Which listeners there are depends on the variant; this line comes when all of them are open.
			isReady: async () =>
				/SQLite DB connection success|prometheus collector started/.test(await log()),
			logTail: async () => (await log()).split("\n"),
		});
	} catch (error) {
		await stop();
		throw error;
	}
	return { ...facts, port, tlsPort, relayPorts, configFile, log, stop };
}

/** Options that the variant gives anew replace those of the healthy configuration: coturn takes the last, but not for all. */
function edited(text: string, { lines = [], without = [] }: CoturnVariant): string {
	const gone = new Set([...without, ...lines.map(optionOf)]);
	const healthy = text.split("\n").filter((line) => !gone.has(optionOf(line)));
	const safe = healthy.includes("no-multicast-peers") ? [] : ["no-multicast-peers"];
	const added = safe.filter((line) => !gone.has(line));
	return `${[...healthy, ...added, ...lines].join("\n")}\n`;
}

function optionOf(line: string): string {
	return line.split("=")[0] ?? "";
}

async function launch(
	config: string,
	folder: string,
	namespace: Namespace | undefined,
): Promise<GuardedProcess> {
	const binary = await findCoturn(process.env);
	if (namespace === undefined)
		return startGuarded({ command: binary, args: ["-c", config], env: {}, folder });
	const [, args] = namespace.within(binary, ["-c", config]);
	const command = (await findOnPath("ip", process.env)) ?? "ip";
	return startGuarded({ command, args, env: { PATH: process.env.PATH }, folder });
}
