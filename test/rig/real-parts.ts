import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { cacheFolder } from "../../src/backend/cache-folder.js";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { type RunningTurn, startCoturn } from "../../src/backend/start-coturn.js";
import {
	type LiveKitRequest,
	type RunningServer,
	startLiveKit,
} from "../../src/backend/start-livekit.js";
import { makeTestCa, type TestCa } from "./test-ca.js";

/** Programs that tests need beside Node and livekit-server (which is got when it is missing). */
const programs = {
	coturn: "turnserver",
	prometheus: "prometheus",
	openssl: "openssl",
	tshark: "tshark",
	iproute2: "ip",
	nftables: "nft",
	pushgateway: "prometheus-pushgateway",
	promtool: "promtool",
	amtool: "amtool",
	alertmanager: "prometheus-alertmanager",
	chromium: "chromium",
	redis: "redis-server",
} as const;

/**
 * `root`: network namespaces are made by it alone. `prometheus-3`: one with an OTLP receiver, which scripts/setup
 * builds into the cache, as it does `kustomize`.
 */
export type Part = keyof typeof programs | "root" | "prometheus-3" | "kustomize";

/** Used as vitest's `describe` is. */
export type Group = (name: string, body: () => void) => void;

/**
 * `describe` for a group of tests that needs `parts`. Where one is missing the group is skipped
 * with a loud line on a developer's machine, and fails in CI: nothing there goes untested in silence.
 */
export function requirePart(...parts: Part[]): Group {
	const missing = parts.filter((part) => !isThere(part));
	if (missing.length === 0) return (name, body) => void describe(name, body);
	const why = `${missing.join(" and ")} missing: ${missing.includes("root") ? "run as root, after" : "run"} scripts/setup`;
	if (process.env.CI) {
		return (name) =>
			describe(name, () => {
				test("its real parts are installed", () => {
					throw new Error(why);
				});
			});
	}
	return (name, body) => {
		process.stderr.write(`\n!!! SKIPPED "${name}": ${why}\n\n`);
		describe.skip(name, body);
	};
}

/**
 * A livekit-server for the tests of this file or group: started before the first, stopped after the last.
 * @returns how a test gets at it; throws outside of tests
 */
export function withLiveKit(
	options: Omit<LiveKitRequest, "binary" | "signal"> = {},
): () => RunningServer {
	return shared("withLiveKit", async () => {
		const binary = await liveKitBinary();
		return startLiveKit({ ...options, binary });
	});
}

/** As `withLiveKit`, for coturn; put it into a group made by `requirePart("coturn")`. */
export function withCoturn(
	options: {
		/** Switches TURN over TLS on, with the server certificate of this CA. */
		readonly ca?: () => TestCa;
	} = {},
): () => RunningTurn {
	return shared("withCoturn", async () => {
		const binary = await findCoturn(process.env);
		const tls = options.ca?.().server;
		return startCoturn(tls === undefined ? { binary } : { binary, tls });
	});
}

/** As `withLiveKit`, for a private CA; needs the part "openssl". */
export function withTestCa(): () => TestCa {
	return shared("withTestCa", async () => {
		const ca = await makeTestCa();
		return { ...ca, stop: ca.remove };
	});
}

/** Where scripts/setup puts Prometheus 3. */
export function prometheus3(): string {
	return join(cacheFolder(process.env), "prometheus", "v0.316.0", "prometheus");
}

/** Where scripts/setup puts kustomize. */
export function kustomize(): string {
	return join(cacheFolder(process.env), "kustomize", "v5.8.0", "kustomize");
}

/** The binary that the tests use: found, or got at the pinned version (minutes, once). */
export async function liveKitBinary(): Promise<string> {
	const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
	return (await findLiveKitServer({ env: process.env, onProgress })).path;
}

function shared<T extends { stop(): Promise<void> }>(
	name: string,
	start: () => Promise<T>,
): () => T {
	let running: T | undefined;
	beforeAll(async () => {
		running = await start();
	});
	afterAll(async () => {
		await running?.stop();
	});
	return () => {
		if (running === undefined) throw new Error(`${name}() is there only while tests run`);
		return running;
	};
}

function isThere(part: Part): boolean {
	if (part === "prometheus-3") return existsSync(prometheus3());
	if (part === "kustomize") return existsSync(kustomize());
	return part === "root" ? process.getuid?.() === 0 : isInstalled(programs[part]);
}

function isInstalled(program: string): boolean {
	return (process.env.PATH ?? "")
		.split(delimiter)
		.some((folder) => existsSync(join(folder, program)));
}
