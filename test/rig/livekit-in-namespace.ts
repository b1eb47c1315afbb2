import { execFileSync } from "node:child_process";
import { findOnPath } from "../../src/backend/find-on-path.js";
import { startGuarded } from "../../src/backend/guarded-process.js";
import { type LiveKitOverrides, liveKitConfig } from "../../src/backend/livekit-config.js";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import {
	makeTemporaryFolder,
	removeTemporaryFolder,
	writeSecretFile,
} from "../../src/backend/temporary-folder.js";
import { waitUntilReady } from "../../src/backend/wait-until-ready.js";
import type { Namespace } from "./network-namespace.js";
import { liveKitBinary } from "./real-parts.js";

/** Nobody else is in the namespace, so no port needs to be looked for. */
const ports = {
	signalPort: 7880,
	metricsPort: 6789,
	tcpPort: 7881,
	udpStart: 20_000,
	udpEnd: 20_999,
};

export type ServerInNamespace = Pick<
	RunningServer,
	"url" | "apiKey" | "apiSecret" | "ports" | "folder" | "stop"
>;

/** A livekit-server that only the neighbours of the namespace reach, not this process. */
export async function startLiveKitIn(
	namespace: Namespace,
	overrides: LiveKitOverrides = {},
): Promise<ServerInNamespace> {
	const { address: host, interfaceName } = namespace;
	const apiKey = "truth";
	const apiSecret = "a-secret-of-tests-in-a-namespace-of-theirs";
	const folder = await makeTemporaryFolder("livekit");
	const text = liveKitConfig({ host, interfaceName, ...ports, apiKey, apiSecret, overrides });
	const config = await writeSecretFile(folder, "livekit.yaml", text);
	const [, args] = namespace.within(await liveKitBinary(), ["--config", config]);
	const command = (await findOnPath("ip", process.env)) ?? "ip";
	const server = await startGuarded({ command, args, env: { PATH: process.env.PATH }, folder });
	const stop = async () => {
		await server.stop();
		await removeTemporaryFolder(folder).catch(() => {});
	};
	const [program, look] = namespace.within("ss", ["-Hltn", `sport = :${ports.signalPort}`]);
	try {
		await waitUntilReady({
			...{ name: "livekit-server", server, boundMs: 15_000 },
			isReady: async () => execFileSync(program, look, { encoding: "utf8" }) !== "",
		});
	} catch (error) {
		await stop();
		throw error;
	}
	return { url: `ws://${host}:${ports.signalPort}`, apiKey, apiSecret, ports, folder, stop };
}
