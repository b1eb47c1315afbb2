import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLiveKitServer } from "../../../src/backend/find-livekit-server.js";
import { getDocker } from "../../../src/backend/get-docker.js";
import { getGo } from "../../../src/backend/get-go.js";
import type { GetWay } from "../../../src/backend/get-way.js";

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-find-test-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A stand-in that answers to --version: where a server is found does not depend on what it can do. */
async function fakeServer(path: string, version: string): Promise<string> {
	await mkdir(join(path, ".."), { recursive: true });
	await writeFile(path, `#!/bin/sh\necho "livekit-server version ${version}"\n`);
	await chmod(path, 0o755);
	return path;
}

const never: GetWay = { name: "never", get: () => Promise.reject(new Error("not to be tried")) };

const env = (more: NodeJS.ProcessEnv = {}) => ({
	PATH: join(folder, "bin"),
	LIVESOAK_CACHE_DIR: folder,
	...more,
});

test("the order is LIVEKIT_SERVER_BIN, PATH, cache", async () => {
	const named = await fakeServer(join(folder, "mine", "lk"), "1.0.1");
	const onPath = await fakeServer(join(folder, "bin", "livekit-server"), "1.0.2");
	const inCache = await fakeServer(join(folder, "livekit-server", "v1.13.5", "server"), "1.13.5");
	const find = (more?: NodeJS.ProcessEnv) =>
		findLiveKitServer({ env: env(more), onProgress: () => {}, ways: [never] });
	expect(await find({ LIVEKIT_SERVER_BIN: named })).toEqual({
		path: named,
		version: "v1.0.1",
		origin: "LIVEKIT_SERVER_BIN",
	});
	expect(await find()).toEqual({ path: onPath, version: "v1.0.2", origin: "PATH" });
	await rm(onPath);
	expect(await find()).toEqual({ path: inCache, version: "v1.13.5", origin: "cache" });
});

test("a version that is asked for is never silently another one", async () => {
	const onPath = await fakeServer(join(folder, "bin", "livekit-server"), "1.0.2");
	const inCache = await fakeServer(join(folder, "livekit-server", "v1.9.12", "server"), "1.9.12");
	const lines: string[] = [];
	const find = (more?: NodeJS.ProcessEnv) =>
		findLiveKitServer({
			env: env(more),
			version: "1.9.12",
			onProgress: (line) => lines.push(line),
			ways: [never],
		});
	expect(await find()).toMatchObject({ path: inCache, version: "v1.9.12" });
	expect(lines).toEqual([`${onPath} is passed over: it is v1.0.2`]);
	await expect(find({ LIVEKIT_SERVER_BIN: onPath })).rejects.toThrow(
		`LIVEKIT_SERVER_BIN names ${onPath}, which is v1.0.2, but v1.9.12 was asked for.`,
	);
});

test("where no way works, one message has every reason and what to type", async () => {
	const lines: string[] = [];
	const offline: GetWay = {
		name: "release archive",
		get: () => Promise.reject(new Error("github.com is not reachable (ENOTFOUND)")),
	};
	const finding = findLiveKitServer({
		env: env(),
		version: "v9.9.9",
		onProgress: (line) => lines.push(line),
		// The real ones, on a PATH that has neither.
		ways: [offline, getGo, getDocker],
	});
	await expect(finding).rejects.toMatchObject({
		name: "UserError",
		exitCode: 1,
		message: expect.stringMatching(
			/no way to get v9\.9\.9 worked \(release archive: github\.com is not reachable \(ENOTFOUND\); go install: no `go` on PATH; Docker image: /,
		),
		hint: expect.stringContaining("LIVEKIT_SERVER_BIN"),
	});
	expect(lines.filter((line) => line.includes("does not work here"))).toHaveLength(3);
});

test("an abort ends the search and is not taken for a way that does not work", async () => {
	const stop = new AbortController();
	const lines: string[] = [];
	const slow: GetWay = {
		name: "slow",
		get: ({ signal }) =>
			new Promise((_resolve, reject) => {
				signal.addEventListener("abort", () => reject(signal.reason));
				stop.abort(new Error("Ctrl-C"));
			}),
	};
	const finding = findLiveKitServer({
		env: env(),
		onProgress: (line) => lines.push(line),
		signal: stop.signal,
		ways: [slow, never],
	});
	await expect(finding).rejects.toThrow("Ctrl-C");
	expect(lines.join()).not.toContain("does not work");
});
