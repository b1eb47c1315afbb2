import { describe, expect, test } from "vitest";
import yargs from "yargs";
import {
	type ConnectionFlags,
	connectionOptions,
	namedServer,
	namedTurn,
} from "../../../src/cli/connection-options.js";
import { UserError } from "../../../src/error/user-error.js";

const secret = "shh-nobody-may-see-this";
const url = "wss://sfu.example";
const tokenUrl = "https://app.example/token";
const turn = ["turn:turn.example:3478?transport=udp"];
const keys = { LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: secret };
const turnEnv = { LIVESOAK_TURN_USERNAME: "u", LIVESOAK_TURN_PASSWORD: secret };

function userError(act: () => unknown): UserError {
	try {
		act();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
	throw new Error("expected a UserError");
}

describe("the server", () => {
	const minted = (apiKey: string, apiSecret: string) => ({ kind: "minted", apiKey, apiSecret });
	test.each<[string, ConnectionFlags, NodeJS.ProcessEnv, unknown]>([
		["nothing named: one is started here", {}, {}, undefined],
		["keys alone name none", {}, keys, undefined],
		["an empty variable names none", {}, { LIVEKIT_URL: "", ...keys }, undefined],
		["all by variables", {}, { LIVEKIT_URL: url, ...keys }, { url, tokens: minted("key", secret) }],
		[
			"flags outrank variables",
			{ url: "ws://a:7880", apiKey: "k", apiSecret: "s" },
			{ LIVEKIT_URL: url, ...keys },
			{ url: "ws://a:7880", tokens: minted("k", "s") },
		],
		[
			"a scheme in capitals",
			{ url: "WSS://sfu.example" },
			keys,
			{ url, tokens: minted("key", secret) },
		],
		["missing keys are found out later", { url }, {}, { url, tokens: minted("", "") }],
		[
			"a token service",
			{ url, tokenUrl },
			keys,
			{ url, tokens: { kind: "service", url: tokenUrl } },
		],
		[
			"a token service with all its flags",
			{ url, tokenUrl, tokenBody: '{"u":"{identity}"}', tokenField: "a.b", tokenUrlField: "c" },
			{},
			{
				url,
				tokens: {
					...{ kind: "service", url: tokenUrl, body: { u: "{identity}" } },
					...{ responseField: "a.b", urlField: "c" },
				},
			},
		],
	])("%s", (_, flags, env, expected) => {
		expect(namedServer(flags, env)).toEqual(expected);
	});

	test.each<[string, ConnectionFlags, NodeJS.ProcessEnv, string, string?]>([
		["http", { url: "http://h:7880" }, {}, "--url has the scheme http", "Write ws://h:7880"],
		["https", { url: "https://h/lk" }, {}, "--url has the scheme https", "Write wss://h/lk"],
		[
			"by variable",
			{},
			{ LIVEKIT_URL: "https://h" },
			"LIVEKIT_URL has the scheme",
			"Write wss://h",
		],
		["another scheme", { url: "ftp://h" }, {}, "--url has the scheme ftp", "Write ws://HOST"],
		["no URL", { url: "sfu.example" }, {}, "--url is not a URL.", "Write ws://HOST"],
		[
			"host and port",
			{ url: "localhost:7880" },
			{},
			"--url has the scheme localhost",
			"Write ws://",
		],
		["an empty flag", { url: "" }, { LIVEKIT_URL: url }, "--url is empty.", "Write ws://HOST"],
		["a service alone", { tokenUrl }, {}, "--token-url needs --url.", "LIVEKIT_URL"],
		["a key alone", { apiKey: "k" }, {}, "--api-key needs --url.", "LIVEKIT_URL"],
		["a secret alone", { apiSecret: secret }, {}, "--api-secret needs --url.", "LIVEKIT_URL"],
		["key and service", { url, tokenUrl, apiKey: "k" }, {}, "--api-key and --token-url exclude"],
		["body alone", { url, tokenBody: "{}" }, {}, "--token-body needs --token-url."],
		["field alone", { url, tokenField: "a" }, {}, "--token-field needs --token-url."],
		["URL field alone", { tokenUrlField: "a" }, {}, "--token-url-field needs --token-url."],
		["a body that is no JSON", { url, tokenUrl, tokenBody: "{" }, {}, "--token-body is not JSON"],
	])("wrong: %s", (_, flags, env, message, hint = "") => {
		const error = userError(() => namedServer(flags, env));
		expect(error.message).toContain(message);
		expect(error.hint ?? "").toContain(hint);
		expect(error.exitCode).toBe(2);
	});

	test("no message shows a secret", () => {
		const wrong: ConnectionFlags[] = [
			{ url: `http://user:${secret}@h` },
			{ url: `not a url ${secret}` },
			{ apiSecret: secret },
			{ url, tokenUrl, apiSecret: secret },
		];
		for (const flags of wrong) {
			const { message, hint } = userError(() => namedServer(flags, keys));
			expect(`${message} ${hint}`).not.toContain(secret);
		}
	});
});

describe("the TURN servers", () => {
	const rest = { kind: "rest", uris: turn, secret };
	const named = (username: string, password: string) => ({
		...{ kind: "static", uris: turn, username, password },
	});
	test.each<[string, ConnectionFlags, NodeJS.ProcessEnv, unknown]>([
		["none", {}, {}, undefined],
		[
			"credentials in variables name none",
			{},
			{ LIVESOAK_TURN_SECRET: secret, ...turnEnv },
			undefined,
		],
		["REST by flag", { turn, turnSecret: secret }, {}, rest],
		["REST by variable", { turn }, { LIVESOAK_TURN_SECRET: secret }, rest],
		["static by flags", { turn, turnUsername: "me", turnPassword: "pw" }, {}, named("me", "pw")],
		["static by variables", { turn }, turnEnv, named("u", secret)],
		["static, one of each", { turn, turnUsername: "me" }, turnEnv, named("me", secret)],
		[
			"of two kinds of variables REST",
			{ turn },
			{ LIVESOAK_TURN_SECRET: secret, ...turnEnv },
			rest,
		],
		[
			"static flags outrank a REST variable",
			{ turn, turnUsername: "me", turnPassword: "pw" },
			{ LIVESOAK_TURN_SECRET: secret },
			named("me", "pw"),
		],
		["a REST flag outranks static variables", { turn, turnSecret: secret }, turnEnv, rest],
		[
			"an empty REST variable is none",
			{ turn },
			{ LIVESOAK_TURN_SECRET: "", ...turnEnv },
			named("u", secret),
		],
		[
			"a service",
			{ turnUrl: "https://app.example/turn" },
			turnEnv,
			{
				...{ kind: "service", url: "https://app.example/turn" },
			},
		],
	])("%s", (_, flags, env, expected) => {
		expect(namedTurn(flags, env)).toEqual(expected);
	});

	test.each<[string, ConnectionFlags, NodeJS.ProcessEnv, string]>([
		["no credentials", { turn }, {}, "the TURN REST secret is missing"],
		["an empty secret", { turn, turnSecret: "" }, turnEnv, "the TURN REST secret is missing"],
		[
			"two kinds",
			{ turn, turnSecret: secret, turnUsername: "u" },
			{},
			"--turn-secret and --turn-username exclude",
		],
		["service and servers", { turn, turnUrl: "https://h" }, {}, "--turn and --turn-url exclude"],
		[
			"service and secret",
			{ turnUrl: "https://h", turnSecret: secret },
			{},
			"--turn-secret and --turn-url exclude",
		],
		[
			"service and password",
			{ turnUrl: "https://h", turnPassword: secret },
			{},
			"--turn-password and --turn-url",
		],
		["a secret for nobody", { turnSecret: secret }, {}, "--turn-secret needs --turn."],
		["a user name for nobody", { turnUsername: "u" }, {}, "--turn-username needs --turn."],
		[
			"a wrong URI",
			{ turn: ["turn.example"], turnSecret: secret },
			{},
			'"turn.example" has no scheme',
		],
	])("wrong: %s", (_, flags, env, message) => {
		const error = userError(() => namedTurn(flags, env));
		expect(error.message).toContain(message);
		expect(`${error.message} ${error.hint}`).not.toContain(secret);
		expect(error.exitCode).toBe(2);
	});
});

test("the command line says it in these words", async () => {
	const argv = ["--url", url, "--api-key", "k", "--api-secret", "s"].concat(
		...["--turn", "turn:a:1", "--turn", "turn:b:2", "scenario.yaml"],
	);
	const parsed = await connectionOptions(yargs(argv)).exitProcess(false).parseAsync();
	expect(parsed).toMatchObject({
		url,
		apiKey: "k",
		apiSecret: "s",
		turn: ["turn:a:1", "turn:b:2"],
	});
	expect(parsed._).toEqual(["scenario.yaml"]);
});
