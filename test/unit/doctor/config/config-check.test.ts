import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import { config } from "../../../../src/doctor/checks/config.js";
import { thisMachine } from "../../../../src/doctor/config/machine.js";
import type { DoctorFacts, DoctorTarget } from "../../../../src/doctor/context.js";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, text: string) => {
	const path = join(folder, name);
	await writeFile(path, text);
	return path;
};
const run = (target: Partial<DoctorTarget>, facts: DoctorFacts = {}) =>
	config.run({
		target: { participants: 2, ...target },
		facts,
		clock: new ManualClock(Date.parse("2026-11-22")),
		signal: new AbortController().signal,
	});
const keys = "keys: { devkey: 0123456789abcdef0123456789abcdef }\n";
const turn = "use-auth-secret\nrealm=x\nno-multicast-peers\nstatic-auth-secret=";

test("without a config there is nothing to check", async () => {
	expect(await run({})).toMatchObject({
		findings: [],
		skipped: expect.stringContaining("--livekit-config"),
	});
});

test("healthy configs are told as such", async () => {
	const livekitConfig = await file("good.yaml", `port: 7880\n${keys}`);
	const turnConfig = await file("good.conf", `${turn}abc\n`);
	const { findings, lines } = await run({ livekitConfig, turnConfig });
	expect(findings).toEqual([]);
	expect(lines).toEqual([`${livekitConfig}: nothing wrong`, `${turnConfig}: nothing wrong`]);
});

test("findings carry no edits, which may hold a secret", async () => {
	const turnConfig = await file("comment.conf", `${turn}abc-secret # mine\n`);
	const { findings } = await run({ turnConfig });
	expect(findings.map(({ id }) => id)).toEqual(["config.coturn-inline-comment"]);
	expect(JSON.stringify(findings)).not.toContain("abc-secret");
	expect(findings[0]).not.toHaveProperty("edits");
});

describe("a file of another machine", () => {
	const paths = "external-ip=203.0.113.7/198.51.100.3\nrelay-ip=198.51.100.3\n";

	test("is not held against this one", async () => {
		const turnConfig = await file("there.conf", `${paths}${turn}abc\n`);
		const { findings, lines } = await run({
			turnConfig,
			turn: { uri: "turn:203.0.113.7:3478", secret: "abc" },
		});
		expect(findings).toEqual([]);
		expect(lines[0]).toMatch(/of another machine/);
	});

	test("but one of this machine is", async () => {
		const turnConfig = await file("here.conf", `${paths}${turn}abc\n`);
		const { findings } = await run({
			turnConfig,
			turn: { uri: "turn:127.0.0.1:3478", secret: "abc" },
		});
		expect(findings.map(({ id }) => id)).toEqual([
			"config.coturn-external-ip-mapping",
			"config.coturn-relay-ip-foreign",
		]);
	});
});

describe("both files together", () => {
	const livekit = (port: number, secret: string) =>
		`${keys}rtc:\n  turn_servers:\n    - { host: t.example.org, port: ${port}, protocol: udp, secret: ${secret} }\n`;
	const ids = async (livekitText: string) => {
		const livekitConfig = await file("both.yaml", livekitText);
		const turnConfig = await file("both.conf", `listening-port=3479\n${turn}shared-secret\n`);
		return (await run({ livekitConfig, turnConfig })).findings.map(({ id }) => id);
	};

	test("agree", async () => expect(await ids(livekit(3479, "shared-secret"))).toEqual([]));
	test("have different secrets", async () =>
		expect(await ids(livekit(3479, "another-secret"))).toEqual([
			"config.turn-server-secret-differs",
		]));
	test("have different ports", async () =>
		expect(await ids(livekit(3478, "shared-secret"))).toEqual(["config.turn-server-port-differs"]));
});

test("the LiveKit server's address is looked for among the denied peers", async () => {
	const livekitConfig = await file("sfu.yaml", `${keys}rtc: { node_ip: 10.0.0.7 }\n`);
	const turnConfig = await file("sfu.conf", `denied-peer-ip=10.0.0.0-10.255.255.255\n${turn}abc\n`);
	const { findings } = await run({ livekitConfig, turnConfig });
	expect(findings.map(({ id }) => id)).toEqual(["config.coturn-peer-denied"]);
});

test("a relay that works speaks against what only may be wrong", async () => {
	const turnConfig = await file("works.conf", "use-auth-secret\nrealm=x\nno-multicast-peers\n");
	const works = [{ uri: "turn:127.0.0.1:3478", transport: "udp", works: true } as const];
	expect((await run({ turnConfig })).findings).toHaveLength(1);
	expect((await run({ turnConfig }, { relays: works })).findings).toEqual([]);
});

test("this machine is known by its addresses, its listeners and its files", async () => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	try {
		const machine = await thisMachine();
		expect(machine.addresses).toContain("127.0.0.1");
		expect(machine.listening.tcp.has(port)).toBe(true);
		expect(machine.listening.tcp.has(1)).toBe(false);
		expect(machine.file(folder)).toEqual({ state: "directory" });
		expect(machine.file(join(folder, "none"))).toEqual({ state: "absent" });
		expect(machine.file("relative.pem")).toBeUndefined();
	} finally {
		server.close();
	}
});
