import { rename } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error/user-error.js";
import { makeFolders } from "../sink/make-folders.js";
import { versionFolder } from "./cache-folder.js";
import { withCacheLock } from "./cache-lock.js";
import { findOnPath, isExecutableFile } from "./find-on-path.js";
import { getDocker } from "./get-docker.js";
import { getGo } from "./get-go.js";
import { getRelease } from "./get-release.js";
import type { GetWay } from "./get-way.js";
import { liveKitVersion } from "./livekit-version.js";
import { namedProgram } from "./named-program.js";
import { normalizeVersion, pinnedLiveKitVersion } from "./pinned-version.js";
import type { OnProgress } from "./progress.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

export interface LiveKitBinary {
	/** Absolute. */
	readonly path: string;
	/** With a leading `v`. */
	readonly version: string;
	/** For people: "LIVEKIT_SERVER_BIN", "PATH", "cache", or the way it was got just now. */
	readonly origin: string;
}

export interface FindRequest {
	readonly env: NodeJS.ProcessEnv;
	/** A version the user asks for. Without it any version found will do, and the pinned one is got. */
	readonly version?: string | undefined;
	readonly onProgress: OnProgress;
	readonly signal?: AbortSignal | undefined;
	/** Tried in this order. @default release archive, go install, Docker image */
	readonly ways?: readonly GetWay[];
}

/**
 * A livekit-server to start: LIVEKIT_SERVER_BIN, else `livekit-server` on PATH, else the user's
 * cache, else it is got into the cache, whichever way this machine can.
 *
 * @throws UserError: LIVEKIT_SERVER_BIN is wrong (exit 2), or no way works (exit 1)
 */
export async function findLiveKitServer(request: FindRequest): Promise<LiveKitBinary> {
	const wanted = request.version === undefined ? undefined : normalizeVersion(request.version);
	const installed = (await namedBinary(request, wanted)) ?? (await binaryOnPath(request, wanted));
	if (installed !== undefined) return installed;
	const version = wanted ?? pinnedLiveKitVersion;
	return (await cached(request.env, version)) ?? (await getIntoCache(request, version));
}

async function namedBinary(
	{ env, signal }: FindRequest,
	wanted: string | undefined,
): Promise<LiveKitBinary | undefined> {
	const path = await namedProgram(env, "LIVEKIT_SERVER_BIN", "livekit-server");
	if (path === undefined) return undefined;
	const version = await liveKitVersion(path, signal);
	if (version === undefined) {
		throw new UserError({
			message: `LIVEKIT_SERVER_BIN names ${path}, which is not livekit-server: it does not answer to --version as livekit-server does.`,
			hint: "Set LIVEKIT_SERVER_BIN to a livekit-server binary, or unset it to have one found.",
		});
	}
	if (wanted !== undefined && wanted !== version) {
		throw new UserError({
			message: `LIVEKIT_SERVER_BIN names ${path}, which is ${version}, but ${wanted} was asked for.`,
			hint: "Unset LIVEKIT_SERVER_BIN, or leave the version out.",
		});
	}
	return { path, version, origin: "LIVEKIT_SERVER_BIN" };
}

async function binaryOnPath(
	{ env, onProgress, signal }: FindRequest,
	wanted: string | undefined,
): Promise<LiveKitBinary | undefined> {
	const path = await findOnPath("livekit-server", env);
	if (path === undefined) return undefined;
	const version = await liveKitVersion(path, signal);
	if (version !== undefined && (wanted === undefined || wanted === version)) {
		return { path, version, origin: "PATH" };
	}
	const what = version ?? "not a livekit-server that answers to --version";
	onProgress(`${path} is passed over: it is ${what}`);
	return undefined;
}

/** `server` is what `go install` calls the binary. */
async function cached(env: NodeJS.ProcessEnv, version: string): Promise<LiveKitBinary | undefined> {
	for (const name of ["livekit-server", "server"]) {
		const path = join(versionFolder(env, version), name);
		if (await isExecutableFile(path)) return { path, version, origin: "cache" };
	}
	return undefined;
}

async function getIntoCache(request: FindRequest, version: string): Promise<LiveKitBinary> {
	const { env, onProgress } = request;
	const folder = versionFolder(env, version);
	const lock = `${folder}.lock`;
	return withCacheLock(lock, request, async () => {
		const filledMeanwhile = await cached(env, version);
		if (filledMeanwhile !== undefined) return filledMeanwhile;
		await makeFolders(folder);
		const workFolder = await makeTemporaryFolder("getting", folder);
		try {
			const { path, way } = await firstWayThatWorks(request, version, workFolder);
			const binary = join(folder, "livekit-server");
			// Atomic: whoever looks into the cache sees a whole, verified binary or none.
			await rename(path, binary);
			onProgress(`livekit-server ${version} is now ${binary}`);
			return { path: binary, version, origin: way };
		} finally {
			await removeTemporaryFolder(workFolder);
		}
	});
}

async function firstWayThatWorks(
	{ env, onProgress, signal = new AbortController().signal, ways }: FindRequest,
	version: string,
	workFolder: string,
): Promise<{ path: string; way: string }> {
	const reasons: string[] = [];
	for (const way of ways ?? [getRelease(), getGo, getDocker]) {
		signal.throwIfAborted();
		onProgress(`getting livekit-server ${version}: ${way.name}`);
		try {
			const path = await way.get({ version, workFolder, env, onProgress, signal });
			return { path, way: way.name };
		} catch (error) {
			signal.throwIfAborted();
			const why = error instanceof Error ? error.message : String(error);
			onProgress(`${way.name} does not work here: ${why}`);
			reasons.push(`${way.name}: ${why}`);
		}
	}
	throw new UserError({
		message: `No livekit-server on this machine, and no way to get ${version} worked (${reasons.join("; ")}).`,
		hint: "Install Go (https://go.dev/dl) and run this again, or on macOS type `brew install livekit`, or get a binary from https://github.com/livekit/livekit/releases and set LIVEKIT_SERVER_BIN to its path, or test a server of yours with --url.",
		exitCode: 1,
	});
}
