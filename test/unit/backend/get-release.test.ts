import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLiveKitServer } from "../../../src/backend/find-livekit-server.js";
import { getRelease } from "../../../src/backend/get-release.js";
import type { GetWay } from "../../../src/backend/get-way.js";

// A release of our own on a local port: the real one is never corrupt, and mostly out of reach here.
const version = "v9.9.9";
const architecture = arch() === "x64" ? "amd64" : "arm64";
const archiveName = `livekit_9.9.9_linux_${architecture}.tar.gz`;

let folder: string;
let server: Server;
let files: Map<string, Buffer>;
let baseUrl: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-release-test-"));
	const content = join(folder, "content");
	await mkdir(content);
	await writeFile(join(content, "livekit-server"), "#!/bin/sh\n", { mode: 0o755 });
	const archive = join(folder, "made.tar.gz");
	await create({ file: archive, cwd: content, gzip: true }, ["livekit-server"]);
	const bytes = await readFile(archive);
	const sum = createHash("sha256").update(bytes).digest("hex");
	files = new Map([
		[`/${version}/${archiveName}`, bytes],
		[
			`/${version}/checksums.txt`,
			Buffer.from(`${"0".repeat(64)}  other.zip\n${sum}  ${archiveName}\n`),
		],
	]);
	server = createServer((request, response) => {
		const body = files.get(request.url ?? "");
		response.writeHead(body === undefined ? 404 : 200).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	baseUrl = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await rm(folder, { recursive: true, force: true });
});

const find = (ways: readonly GetWay[], lines: string[] = []) =>
	findLiveKitServer({
		env: { LIVESOAK_CACHE_DIR: folder },
		version: "9.9.9",
		onProgress: (line) => lines.push(line),
		ways,
	});

const versionFolder = () => join(folder, "livekit-server", version);

describe.runIf(platform() === "linux")("a release archive", () => {
	test("is checked, unpacked and cached; the second time nothing is downloaded", async () => {
		const expected = { path: join(versionFolder(), "livekit-server"), version };
		expect(await find([getRelease(baseUrl)])).toEqual({ ...expected, origin: "release archive" });
		files.clear();
		expect(await find([getRelease(baseUrl)])).toEqual({ ...expected, origin: "cache" });
		expect(await readdir(versionFolder())).toEqual(["livekit-server"]);
	});

	test("that two runs want at once is downloaded once", async () => {
		let downloads = 0;
		server.on("request", ({ url }) => {
			if (url?.endsWith(".tar.gz")) downloads += 1;
		});
		const [first, second] = await Promise.all([
			find([getRelease(baseUrl)]),
			find([getRelease(baseUrl)]),
		]);
		expect(first.path).toBe(second.path);
		expect(downloads).toBe(1);
	});

	test("that differs from its checksum is refused, and nothing of it stays", async () => {
		const name = `/${version}/${archiveName}`;
		files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), Buffer.from([0])]));
		await expect(find([getRelease(baseUrl)])).rejects.toMatchObject({
			name: "UserError",
			exitCode: 1,
			message: expect.stringMatching(
				/was refused: its SHA-256 is [0-9a-f]{64}, checksums\.txt says [0-9a-f]{64}/,
			),
		});
		expect(await readdir(versionFolder())).toEqual([]);
	});

	test.each([
		[
			"without a line in checksums.txt",
			() => files.set(`/${version}/checksums.txt`, Buffer.from("")),
			`checksums.txt has no line for ${archiveName}`,
		],
		["that is not there", () => files.delete(`/${version}/${archiveName}`), "HTTP 404"],
		["from a host that is not there", () => server.close(), "is not reachable (ECONNREFUSED)"],
	])("%s makes room for the next way, with the reason", async (_name, spoil, reason) => {
		spoil();
		const lines: string[] = [];
		const next: GetWay = {
			name: "next way",
			get: async ({ workFolder }) => {
				const binary = join(workFolder, "any-name");
				await writeFile(binary, "#!/bin/sh\n", { mode: 0o755 });
				return binary;
			},
		};
		expect(await find([getRelease(baseUrl), next], lines)).toMatchObject({ origin: "next way" });
		expect(lines).toContainEqual(expect.stringContaining(reason));
	});
});
