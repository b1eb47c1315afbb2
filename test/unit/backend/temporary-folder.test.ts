import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noteOwner } from "../../../src/backend/folder-owner.js";
import { makeTemporaryFolder, removeAbandoned } from "../../../src/backend/temporary-folder.js";

let parent: string;
let uid: number;

beforeEach(async () => {
	parent = await mkdtemp(join(tmpdir(), "livesoak-test-owners-"));
	({ uid } = await lstat(parent));
});

afterEach(() => rm(parent, { recursive: true, force: true }));

/** As this process would leave it: boot id, PID namespace, pid, start. */
async function ownNote(): Promise<[boot: string, namespace: string, pid: string, start: string]> {
	const folder = join(parent, "any");
	await mkdir(folder);
	noteOwner(folder);
	const note = await readFile(join(folder, `owner-${process.pid}`), "utf8");
	const [boot = "", namespace = "", pid = "", start = ""] = note.split(" ");
	return [boot, namespace, pid, start];
}

async function folderWith(name: string, ...notes: readonly string[]): Promise<string> {
	const folder = join(parent, name);
	await mkdir(folder);
	await writeFile(join(folder, "livekit.yaml"), "keys: {}");
	for (const [n, note] of notes.entries()) await writeFile(join(folder, `owner-${n}`), note);
	return folder;
}

const deadPid = () => spawnSync("true").pid;

describe.runIf(platform() === "linux")("a temporary folder whose owner was killed", () => {
	test("goes when its owner is gone", async () => {
		const [boot, namespace, , start] = await ownNote();
		const dead = `${boot} ${namespace} ${deadPid()} ${start}`;
		const folder = await folderWith("livesoak-livekit-a", dead, dead);
		await removeAbandoned(parent, uid);
		expect(existsSync(folder)).toBe(false);
	});

	test("goes also where another process has the owner's id now", async () => {
		const [boot, namespace, pid, start] = await ownNote();
		const folder = await folderWith(
			"livesoak-livekit-a",
			`${boot} ${namespace} ${pid} ${Number(start) - 1}`,
		);
		await removeAbandoned(parent, uid);
		expect(existsSync(folder)).toBe(false);
	});

	test("stays wherever it is not certain", async () => {
		const [boot, namespace, pid, start] = await ownNote();
		const gone = deadPid();
		const dead = `${boot} ${namespace} ${gone} ${start}`;
		const lives = `${boot} ${namespace} ${pid} ${start}`;
		const kept = [
			await folderWith("livesoak-of-the-living", lives),
			await folderWith("livesoak-with-a-living-guardian", dead, lives),
			await folderWith("livesoak-without-a-note"),
			await folderWith("livesoak-with-half-a-note", dead, `${boot} ${namespace} ${gone}`),
			await folderWith("livesoak-with-an-empty-note", ""),
			await folderWith(
				"livesoak-of-another-boot",
				`${boot.replace(/^./, (c) => (c === "0" ? "1" : "0"))} ${namespace} ${gone} ${start}`,
			),
			await folderWith("livesoak-of-another-container", `${boot} pid:[1] ${gone} ${start}`),
			await folderWith("of-somebody-else", dead),
		];
		await symlink(await folderWith("linked", dead), join(parent, "livesoak-link"));
		await removeAbandoned(parent, uid);
		expect(kept.filter((folder) => !existsSync(join(folder, "livekit.yaml")))).toEqual([]);
		expect(existsSync(join(parent, "livesoak-link", "livekit.yaml"))).toBe(true);
	});

	test("stays where it is another user's", async () => {
		const [boot, namespace, , start] = await ownNote();
		const note = `${boot} ${namespace} ${deadPid()} ${start}`;
		const folder = await folderWith("livesoak-livekit-a", note);
		await removeAbandoned(parent, uid + 1);
		expect(existsSync(folder)).toBe(true);
	});

	test("100 go at one start, the rest at the next", async () => {
		const [boot, namespace, , start] = await ownNote();
		const note = `${boot} ${namespace} ${deadPid()} ${start}`;
		const all = await Promise.all(
			Array.from({ length: 101 }, (_, n) => folderWith(`livesoak-livekit-${n}`, note)),
		);
		await removeAbandoned(parent, uid);
		expect(all.filter((folder) => existsSync(folder))).toHaveLength(1);
		await removeAbandoned(parent, uid);
		expect(all.filter((folder) => existsSync(folder))).toEqual([]);
	});
});

test("a new temporary folder is for this user alone and stays beside others of this process", async () => {
	const first = await makeTemporaryFolder("livekit", parent);
	const second = await makeTemporaryFolder("coturn", parent);
	await removeAbandoned(parent, uid);
	for (const folder of [first, second]) expect((await lstat(folder)).mode & 0o777).toBe(0o700);
});
