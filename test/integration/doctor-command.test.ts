import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { describe, expect, test, vi } from "vitest";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import type { Diagnosis } from "../../src/doctor/diagnosis.js";
import { type CliEnd, leftBehind, toServer, withCli } from "../rig/cli.js";
import { startCoturnWith } from "../rig/coturn-with.js";
import { liveKitBinary, requirePart, withLiveKit } from "../rig/real-parts.js";
import { expectNoSecret } from "../rig/result.js";
import { makeToken } from "../rig/token-case.js";

const cli = withCli();
const server = withLiveKit();

const healthy = { why: "", expect: [] };
const validate = new Ajv({ strict: false }).compile(
	JSON.parse(await readFile(new URL("../../schema/doctor.schema.json", import.meta.url), "utf8")),
);

/** What `--json` has told; it tells nothing else. */
function told({ stdout }: CliEnd): Diagnosis {
	const diagnosis = JSON.parse(stdout);
	expect(validate(diagnosis), JSON.stringify(validate.errors)).toBe(true);
	return diagnosis;
}

const idsOf = ({ findings }: Diagnosis) => findings.map(({ id }) => id);

describe("livesoak doctor token", () => {
	const token = (change = {}) => makeToken({ ...healthy, ...change }, server(), Date.now()).text;

	test("a healthy one: 0, and nothing is found", async () => {
		const { env } = toServer(server());
		const end = await cli().run(["doctor", "token", "--json"], { ...env, LIVEKIT_TOKEN: token() });
		expect(end.code).toBe(0);
		const diagnosis = told(end);
		expect(diagnosis).toMatchObject({
			ok: true,
			findings: [],
			checks: [{ id: "token", status: "ok" }],
		});
		expect(diagnosis.checks[0]?.lines).toContain("signature matches the secret given");
		expect(end.stderr).toBe("");
		expectNoSecret(end.stdout, [server().apiSecret]);
	});

	test("a wrong one: 4, the tree, the report, and no secret in any of them", async () => {
		const text = token({ claims: { video: null, grants: { roomJoin: true, room: "demo" } } });
		const report = `${cli().folder}/report.md`;
		const flags = ["--api-key", "APIother", "--api-secret", "another-secret-altogether"];
		const args = ["doctor", "token", text, ...flags, "--markdown", report];
		const end = await cli().run(args);
		expect(end.code).toBe(4);
		expect(end.stdout).toMatch(/^✗ token: /);
		expect(end.stdout).toMatch(/\n\n✗ audio cannot work: [^\n]+(\n {2}[^\n]+)*\n$/);
		expect(end.stdout).toContain("token.issuer-differs");
		expect(end.stdout).toContain("token.video-misnamed");
		expect(end.stderr).toMatch(/^hint: .*LIVEKIT_TOKEN, LIVEKIT_API_SECRET\n$/);
		const markdown = await readFile(report, "utf8");
		expect(markdown).toMatch(/^# ❌ audio cannot work/);
		const pieces = text.split(".");
		expectNoSecret(end.stdout + end.stderr + markdown, ["another-secret-altogether", ...pieces]);
	});

	test("garbage is a finding; no token at all is bad input", async () => {
		const end = await cli().run(["doctor", "token", "garbage", "--json"]);
		expect(end.code).toBe(4);
		expect(idsOf(told(end))).toEqual(["token.malformed"]);
		const none = await cli().run(["doctor", "token"]);
		expect([none.code, none.stdout]).toEqual([2, ""]);
		expect(none.stderr).toMatch(/^livesoak: The token is missing\.\n {2}.*LIVEKIT_TOKEN/);
	});
});

describe("livesoak doctor, bad input", () => {
	test.each<[readonly string[], string]>([
		[[], "There is nothing to examine"],
		[["--api-key", "k"], "The LiveKit API secret is missing"],
		[["--url", "lk.example.org"], "--url is not a URL"],
		[["--url", "ftp://lk.example.org"], "--url is of the scheme ftp"],
		[["--token", ""], "--token is empty"],
		[["--token", "x", "--token-url", "https://app"], "--token and --token-url exclude each other"],
		[["--token-url", "app/api"], "--token-url is not a URL"],
		[["--token-field", "jwt", "--url", "ws://lk"], "--token-field needs --token-url"],
		[["--turn", "turn:lk"], "--turn needs credentials"],
		[["--livekit-config", "nosuch.yaml"], "--livekit-config nosuch.yaml does not exist"],
		[["--fix", "--url", "ws://lk"], "--fix has no file to correct"],
		[["--participants", "0", "--url", "ws://lk"], "--participants 0"],
		[["--ca", "nosuch.pem", "--url", "ws://lk"], "--ca nosuch.pem: cannot be read"],
		[["--markdown", "no/such/folder.md", "--url", "ws://lk"], "--markdown no/such/folder.md"],
		[["--nonsense"], "nonsense"],
	])("%j", async (flags, words) => {
		const { code, stdout, stderr } = await cli().run(["doctor", ...flags]);
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toContain(words);
		expect(stderr).not.toMatch(/internal error|^ +at /m);
	});
});

test("an unknown host is a finding, and whatever needs it is skipped", async () => {
	const end = await cli().run(["doctor", "--url", "wss://nosuch.invalid", "--json"]);
	expect(end.code).toBe(4);
	const { findings, checks } = told(end);
	expect(findings[0]?.id).toMatch(/^dns\./);
	expect(checks.map(({ status }) => status)).not.toContain("error");
});

test("Ctrl-C: 130, what there was is told, and nothing is called healthy", async () => {
	const { args, env } = toServer(server());
	const run = cli().start(["doctor", ...args], env);
	await vi.waitFor(() => expect(run.stdout()).toContain("signal: "), { timeout: 20_000 });
	run.kill("SIGINT");
	const end = await run.ended;
	expect(end.code).toBe(130);
	expect(end.stdout).toMatch(/✗ stopped before all checks were over; /);
	expect(leftBehind(end)).toEqual([]);
});

requirePart("coturn")("a whole system", () => {
	test("healthy: nothing is found, and audio is heard both ways", async () => {
		const coturn = await startCoturnWith();
		const relay = { host: coturn.host, port: coturn.port, secret: coturn.secret, ttl: 3_600 };
		const livekit = await startLiveKit({
			binary: await liveKitBinary(),
			overrides: {
				rtc: {
					stun_servers: [`${coturn.host}:${coturn.port}`],
					turn_servers: [
						{ ...relay, protocol: "udp" },
						{ ...relay, protocol: "tcp" },
					],
				},
			},
		});
		try {
			const { args, env } = toServer(livekit);
			const files = ["--turn-config", coturn.configFile, "--participants", "20"];
			const end = await cli().run(["doctor", ...args, ...files, "--json"], env);
			const { summary, findings, checks } = told(end);
			expect(findings).toEqual([]);
			expect(summary).toMatch(/^audio works: heard both ways/);
			expect(end.code).toBe(0);
			for (const { status, lines } of checks)
				expect(["ok", "skipped"], lines.join()).toContain(status);
			expectNoSecret(end.stdout + end.stderr, [coturn.secret, livekit.apiSecret]);
		} finally {
			await Promise.all([coturn.stop(), livekit.stop()]);
		}
	});

	test("--fix writes a corrected copy beside the file, and never over anything", async () => {
		const file = await cli().file(
			"livekit.yaml",
			"port: 7880\nrtc:\n  stun_servers: [stun:192.0.2.1:3478] # ours\nkeys:\n  APIx: a-secret-of-thirty-two-letters-or-more\n",
		);
		const before = await readFile(file, "utf8");
		const end = await cli().run(["doctor", "--livekit-config", file, "--fix", "--json"]);
		expect(idsOf(told(end))).toContain("config.stun-server-scheme");
		expect(end.stderr).toContain("livekit.fixed.yaml: ");
		const fixed = await readFile(`${cli().folder}/livekit.fixed.yaml`, "utf8");
		expect(fixed).toContain("192.0.2.1:3478");
		expect(fixed).not.toContain("stun:192");
		expect(await readFile(file, "utf8")).toBe(before);
		const again = await cli().run(["doctor", "--livekit-config", file, "--fix"]);
		expect([again.code, again.stdout]).toEqual([2, ""]);
		expect(again.stderr).toContain("exists already");
	});
});
