import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { type CliEnd, lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectNoSecret } from "../rig/result.js";

const scenario = (more = "") => `
name: bad-input
participants: { both: 2 }
load: [{ ramp: 1s, to: 100% }, { hold: 1s }]
${more}
${lenient}
`;

const cli = withCli();
const server = withLiveKit();
const wrongSecret = "not-the-secret-of-this-server-0123456789";

/** The promise for every mistake: the right code, few words, the place named, no stack, no secret. */
function expectOneClearLine(end: CliEnd, code: number, words: readonly (string | RegExp)[]) {
	const { stdout, stderr } = end;
	// Lines of source text and the carets below it help; progress of a server that started is no error.
	const lines = stderr
		.trimEnd()
		.split("\n")
		.filter((line) => !/^ +\d* \| /.test(line) && !line.startsWith("livekit-server v"));
	expect(lines.length, stderr).toBeLessThanOrEqual(3);
	expect(lines[0], stderr).toMatch(/^livesoak: /);
	for (const each of words) {
		if (typeof each === "string") expect(stderr).toContain(each);
		else expect(stderr).toMatch(each);
	}
	expect(stderr).not.toMatch(/internal error|^ +at /m);
	expect(stdout).toBe("");
	expectNoSecret(stderr, [wrongSecret, server().apiSecret]);
	expect(end.code).toBe(code);
}

describe("a scenario", () => {
	test.each<[string, string, (string | RegExp)[]]>([
		["that is empty", "", [".yaml", "the file is empty"]],
		["that is no YAML", "name: [a\nrooms: 2\n", [/\.yaml:2:1: not valid YAML/]],
		[
			"with an unknown key",
			`${scenario()}roms: 2\n`,
			[/\.yaml:7:1: unknown key "roms"/, 'did you mean "rooms"'],
		],
		[
			"with a negative duration",
			scenario().replace("hold: 1s", "hold: -1s"),
			[/\.yaml:4:\d+: load\.1\.hold: a duration cannot be negative/],
		],
		[
			"with nobody in it",
			scenario().replace("both: 2", "both: 0"),
			[/\.yaml:3:\d+: participants: 0 participants/],
		],
		[
			"whose threshold names no metric",
			scenario('thresholds: { connect.medai: ["p95 < 2s"] }'),
			[/\.yaml:5:\d+: .*connect\.medai/, "connect.media"],
		],
	])("%s", async (_what, yaml, words) => {
		expectOneClearLine(await cli().runScenario(yaml), 2, words);
	});

	test("that is not there", async () => {
		const end = await cli().run(["run", "nosuch.yaml"]);
		expectOneClearLine(end, 2, ["nosuch.yaml", "there is no such file"]);
	});
});

describe("a flag", () => {
	test.each<[readonly string[], (string | RegExp)[]]>([
		[
			["--url", "http://127.0.0.1:7880"],
			["--url has the scheme http", "ws://127.0.0.1:7880"],
		],
		[
			["--url", "ws://127.0.0.1:7880"],
			["API key is missing", "--api-key"],
		],
		[["--url"], ["--url needs a value"]],
		[["--duration", "-3s"], ["--duration -3s: a duration cannot be negative"]],
		[
			["--participants", "0"],
			["--participants 0", "from 1"],
		],
		[["--nonsense"], ["nonsense", "--help"]],
		[
			["--ice", "relay"],
			['--ice is "relay"', '"relay-udp"'],
		],
		[["--set", "rooms=none"], ["--set rooms: expected a whole number"]],
		[["--prometheus", "nonsense"], ["--prometheus nonsense: expected HOST:PORT"]],
		[
			["--ice", "relay-udp", "--turn", "turn:127.0.0.1:3478"],
			["TURN REST secret is missing", "LIVESOAK_TURN_SECRET"],
		],
		[["--ice", "relay-udp", "--turn", "127.0.0.1:3478"], ["127.0.0.1:3478"]],
		[
			["--turn-ca", "nosuch.pem"],
			["--turn-ca nosuch.pem", "ENOENT"],
		],
	])("%j", async (flags, words) => {
		expectOneClearLine(await cli().runScenario(scenario(), flags), 2, words);
	});

	test("--json prints nothing on standard output but a summary", async () => {
		const end = await cli().runScenario(scenario(), ["--json", "--participants", "0"]);
		expectOneClearLine(end, 2, ["--participants 0"]);
	});

	test("an unknown command, and none, and one without its scenario", async () => {
		expectOneClearLine(await cli().run(["rnu"]), 2, ["Unknown command: rnu"]);
		expectOneClearLine(await cli().run(["doctr", "token"]), 2, ['did you mean "doctor"?']);
		const extra = await cli().run(["run", "a.yaml", "b.yaml"]);
		expectOneClearLine(extra, 2, ['livesoak run has no place for "b.yaml"']);
		const nothing = await cli().run(["capacity"]);
		expectOneClearLine(nothing, 2, ["livesoak capacity scenarios/capacity.yaml"]);
		expectOneClearLine(await cli().run([]), 2, ["Say what to do"]);
		expectOneClearLine(await cli().run(["run"]), 2, ["The scenario file is missing"]);
	});
});

describe("the world", () => {
	async function plainServer(): Promise<{ port: number; close(): void }> {
		const plain: Server = createServer((socket) =>
			socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
		);
		await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
		const address = plain.address();
		return {
			port: typeof address === "object" ? (address?.port ?? 0) : 0,
			close: () => plain.close(),
		};
	}
	const keys = ["--api-key", "somebody", "--api-secret", wrongSecret];

	test.each<[string, readonly string[], number, (string | RegExp)[]]>([
		["refuses", ["--url", "ws://127.0.0.1:1", ...keys], 1, ["ws://127.0.0.1:1", "ECONNREFUSED"]],
		[
			"has no such host",
			["--url", "wss://nosuch.invalid", ...keys],
			1,
			["wss://nosuch.invalid", "ENOTFOUND", "host name"],
		],
	])("%s", async (_what, flags, code, words) => {
		expectOneClearLine(await cli().runScenario(scenario(), flags), code, words);
	});

	test("speaks no TLS on that port", async () => {
		const { port, close } = await plainServer();
		const flags = ["--url", `wss://127.0.0.1:${port}`, ...keys];
		const end = await cli().runScenario(scenario(), flags);
		close();
		expectOneClearLine(end, 1, [`wss://127.0.0.1:${port}: the port does not speak TLS`]);
	});

	test("refuses the API secret: LiveKit's own words, and what to check", async () => {
		const flags = ["--url", server().url, "--api-key", server().apiKey];
		const env = { LIVEKIT_API_SECRET: wrongSecret };
		const end = await cli().runScenario(scenario(), flags, env);
		expectOneClearLine(end, 2, [
			...["refused the access token: invalid token", "signature is invalid", "LIVEKIT_API_SECRET"],
		]);
	});

	test("refuses the API key", async () => {
		const end = await cli().runScenario(scenario(), ["--url", server().url, ...keys]);
		expectOneClearLine(end, 2, ["refused the access token", "--api-key"]);
	});

	test.each([
		["no PCM", "this is no sound", "is not a WAV file"],
		["empty", "", "it is an empty file"],
	])("has a WAV file that is %s", async (name, content, words) => {
		const file = `${name.replace(" ", "-")}.wav`;
		await cli().file(file, content);
		const { args, env } = toServer(server());
		const yaml = scenario(`audio: { source: ${file} }`);
		const end = await cli().runScenario(yaml, args, env);
		expectOneClearLine(end, 2, [file, words]);
	});

	test("holds the Prometheus port, or has no room for results: no result folder is begun", async () => {
		const { port, close } = await plainServer();
		const { args, env } = toServer(server());
		const address = `127.0.0.1:${port}`;
		const taken = await cli().runScenario(scenario(), [...args, "--prometheus", address], env);
		close();
		expectOneClearLine(taken, 2, [`--prometheus ${address}: the port is already in use`]);
		expect(existsSync(taken.out)).toBe(false);

		const file = await cli().file("a-file", "");
		const yaml = await cli().file("fine.yaml", scenario());
		const below = `${file}/results`;
		const full = await cli().run(["run", yaml, "--out", below, ...args], env);
		expectOneClearLine(full, 2, [`--out ${below}: cannot write the result folder`, "EEXIST"]);
	});
});
