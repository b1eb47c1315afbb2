import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod } from "node:fs/promises";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import { isExecutableFile } from "./find-on-path.js";
import type { GetRequest, GetWay } from "./get-way.js";

const connectBoundMs = 5_000;
const firstByteBoundMs = 15_000;
const stallBoundMs = 30_000;
const wholeBoundMs = 10 * 60_000;

/** The names LiveKit gives its archives. There are none for macOS. */
const archiveArchitectures: Readonly<Record<string, string>> = {
	x64: "amd64",
	arm64: "arm64",
	arm: "armv7",
};

/**
 * The official release archive of GitHub, held against the `checksums.txt` of the same release.
 * @param baseUrl the folder that holds one folder a release; another one for mirrors and tests
 */
export function getRelease(
	baseUrl = "https://github.com/livekit/livekit/releases/download",
): GetWay {
	return {
		name: "release archive",
		async get({ version, workFolder, env, onProgress, signal }: GetRequest) {
			const architecture = archiveArchitectures[arch()];
			if (platform() !== "linux" || architecture === undefined) {
				throw new Error(`LiveKit publishes no archive for ${platform()} ${arch()}`);
			}
			const archive = `livekit_${version.slice(1)}_linux_${architecture}.tar.gz`;
			const folderUrl = `${baseUrl}/${version}`;
			const download = downloader(
				env,
				AbortSignal.any([signal, AbortSignal.timeout(wholeBoundMs)]),
			);
			const expected = expectedSum(
				await (await download(`${folderUrl}/checksums.txt`)).text(),
				archive,
			);
			onProgress(`downloading ${folderUrl}/${archive}`);
			const archivePath = join(workFolder, archive);
			const body = (await download(`${folderUrl}/${archive}`)).body;
			if (body === null) throw new Error(`${archive} came without content`);
			await pipeline(Readable.fromWeb(body), createWriteStream(archivePath), { signal });

			const actual = await sha256(archivePath);
			if (actual !== expected) {
				throw new Error(
					`${archive} was refused: its SHA-256 is ${actual}, checksums.txt says ${expected}`,
				);
			}
			await extract({ file: archivePath, cwd: workFolder }, ["livekit-server"]);
			const binary = join(workFolder, "livekit-server");
			await chmod(binary, 0o755).catch(() => {});
			if (!(await isExecutableFile(binary))) throw new Error(`${archive} holds no livekit-server`);
			return binary;
		},
	};
}

/** Downloads are through the user's proxy where the environment names one, as curl would do. */
function downloader(
	env: NodeJS.ProcessEnv,
	signal: AbortSignal,
): (url: string) => Promise<Response> {
	const httpProxy = env.http_proxy ?? env.HTTP_PROXY;
	const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY;
	const noProxy = env.no_proxy ?? env.NO_PROXY;
	const dispatcher = new EnvHttpProxyAgent({
		// An empty string switches the library's own look into the environment off.
		httpProxy: httpProxy ?? "",
		httpsProxy: httpsProxy ?? "",
		noProxy: noProxy ?? "",
		connect: { timeout: connectBoundMs },
		headersTimeout: firstByteBoundMs,
		bodyTimeout: stallBoundMs,
	});
	return async (url) => {
		const response = await fetch(url, { dispatcher, signal }).catch((error: unknown) => {
			signal.throwIfAborted();
			throw new Error(`${new URL(url).host} is not reachable (${reasonOf(error)})`);
		});
		if (!response.ok) throw new Error(`HTTP ${response.status} for ${url}`);
		return response;
	};
}

/** fetch says "fetch failed" and hides the reason one level down. */
function reasonOf(error: unknown): string {
	const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	if (!(inner instanceof Error)) return String(inner);
	const { code } = inner as NodeJS.ErrnoException;
	return code ?? inner.message;
}

/** Lines of `sha256sum`: 64 hex digits, blanks, the file's name (with `*` in binary mode). */
function expectedSum(checksums: string, archive: string): string {
	for (const line of checksums.split("\n")) {
		const [sum, name] = line.trim().split(/\s+/);
		if (name?.replace(/^\*/, "") === archive && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) {
			return sum;
		}
	}
	throw new Error(`checksums.txt has no line for ${archive}`);
}

async function sha256(path: string): Promise<string> {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
