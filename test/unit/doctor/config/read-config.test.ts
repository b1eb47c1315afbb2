import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfigs } from "../../../../src/doctor/checks/config.js";
import { readConfig } from "../../../../src/doctor/config/read-config.js";
import { UserError } from "../../../../src/error/user-error.js";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-read-"));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Uint8Array) => {
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
};

test("a config is read, without its byte order mark", async () => {
	const path = await file("a.yaml", "\uFEFFport: 7880\n");
	expect(await readConfig(path)).toEqual({ fileName: path, text: "port: 7880\n" });
});

describe("what is no config file is refused with exit 2", () => {
	const refused = async (path: string, message: RegExp) => {
		const error: unknown = await readConfig(path).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(UserError);
		expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
		expect((error as UserError).message).toContain(path);
	};

	test("absent", () => refused(join(folder, "none.yaml"), /does not exist/));
	test("below a file", async () => refused(join(await file("f", "x"), "none"), /part of its path/));
	test("a folder", () => refused(folder, /is a folder/));
	test("a device", () => refused("/dev/zero", /no regular file/));
	test("a pipe that nobody writes to", async () => {
		const path = join(folder, "pipe");
		execFileSync("mkfifo", [path]);
		await refused(path, /no regular file/);
	});
	test("empty", async () => refused(await file("empty", " \n"), /is empty/));
	test("binary", async () => refused(await file("binary", Buffer.from([1, 0, 2])), /binary/));
	test("UTF-16", async () =>
		refused(await file("utf16", Buffer.from("\uFEFFport: 1", "utf16le")), /UTF-16/));
	test("Latin-1", async () =>
		refused(await file("latin", Buffer.from([0x61, 0xe9, 0x61])), /not UTF-8/));
	test("1 GB, by its size", async () => {
		const path = join(folder, "huge");
		const handle = await open(path, "w");
		await handle.truncate(1024 ** 3);
		await handle.close();
		await refused(path, /1024\.0 MiB/);
	});
});

describe("the wrong kind of file is refused with its line", () => {
	const refusal = async (given: { livekitConfig?: string; turnConfig?: string }) =>
		readConfigs({ participants: 2, ...given }).then(
			() => "accepted",
			(error: unknown) => (error instanceof UserError ? error.message : "not a user error"),
		);

	test("no YAML", async () => {
		const path = await file("broken.yaml", "port: 7880\nrtc: [1, 2\nkeys: {}\n");
		expect(await refusal({ livekitConfig: path })).toMatch(/broken\.yaml:\d is not valid YAML/);
	});
	test("YAML without a mapping", async () => {
		const path = await file("list.yaml", "- a\n- b\n");
		expect(await refusal({ livekitConfig: path })).toMatch(/no livekit\.yaml/);
	});
	test("an alias bomb", async () => {
		const path = await file(
			"bomb.yaml",
			`a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefg"].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdef"[i]}`).join(", ")}]`).join("\n")}\n`,
		);
		expect(await refusal({ livekitConfig: path })).toMatch(/aliases/);
	});
	test("a turnserver.conf as livekit.yaml", async () => {
		const path = await file("t.yaml", "use-auth-secret\nrealm=x\n");
		expect(await refusal({ livekitConfig: path })).toMatch(/no livekit\.yaml/);
	});
	test("a livekit.yaml as turnserver.conf", async () => {
		const path = await file("l.conf", "port: 7880\nrtc:\n  tcp_port: 7881\n");
		expect(await refusal({ turnConfig: path })).toMatch(/no turnserver\.conf/);
	});
});
