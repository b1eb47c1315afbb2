import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { DoctorFlags } from "../../../src/cli/doctor-options.js";
import { doctorTarget } from "../../../src/cli/doctor-target.js";
import type { Environment } from "../../../src/cli/environment.js";
import { readSecret, secretsHint } from "../../../src/cli/read-secret.js";
import { UserError } from "../../../src/error/user-error.js";

const url = "wss://lk.example.org";

function target(flags: Partial<DoctorFlags>, env: NodeJS.ProcessEnv = {}, stdin = "") {
	const all = { fix: false, json: false, participants: 100, ...flags };
	return doctorTarget(all, { env, stdin: Readable.from([stdin]) } as unknown as Environment);
}

const message = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error: unknown) => {
			expect(error).toBeInstanceOf(UserError);
			return (error as UserError).message;
		},
	);

describe("who is examined", () => {
	test("by flags, else by the variables that a run reads", async () => {
		const env = { LIVEKIT_URL: url, LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "secret" };
		expect(await target({}, env)).toEqual({
			...{ url: new URL(url), apiKey: "key", apiSecret: "secret", participants: 100 },
		});
		const flags = { url: "http://other:7880", apiKey: "its", apiSecret: "own" };
		expect(await target(flags, env)).toMatchObject({
			...{ url: new URL("http://other:7880"), apiKey: "its", apiSecret: "own" },
		});
	});

	test("a token from flag, variable or standard input; a service outranks the variable", async () => {
		const env = { LIVEKIT_TOKEN: "from-env" };
		expect(await target({}, env)).toMatchObject({ token: "from-env" });
		expect(await target({ token: "given" }, env)).toMatchObject({ token: "given" });
		expect(await target({ token: "-" }, env, "piped\n")).toMatchObject({ token: "piped" });
		const service = await target({ tokenUrl: "https://app/api" }, env);
		expect(service).toMatchObject({ tokenUrl: new URL("https://app/api") });
		expect(service).not.toHaveProperty("token");
	});

	test("half a key in the environment is none, beside a flag it is a mistake", async () => {
		expect(await target({ url }, { LIVEKIT_API_KEY: "key" })).not.toHaveProperty("apiKey");
		expect(await message(target({ url, apiSecret: "secret" }))).toContain("API key is missing");
	});

	test("TURN by secret, by user, or by service", async () => {
		const turn = ["turn:lk:3478?transport=udp"];
		const env = { LIVESOAK_TURN_SECRET: "shared" };
		expect(await target({ turn }, env)).toMatchObject({ turn: { uri: turn[0], secret: "shared" } });
		const user = { turnUsername: "alice", turnPassword: "pass" };
		expect(await target({ turn, ...user }, env)).toMatchObject({
			turn: { uri: turn[0], username: "alice", password: "pass" },
		});
		const turnUrl = "https://app/turn";
		expect(await target({ turnUrl }, env)).toMatchObject({ turnUrl: new URL(turnUrl) });
		expect(await message(target({ turn: [...turn, ...turn] }, env))).toContain("given 2 times");
	});

	test("what to ask a token service", async () => {
		const flags = {
			tokenUrl: "https://app/api",
			tokenBody: '{"id":"{identity}"}',
			tokenField: "jwt",
		};
		expect(await target(flags)).toMatchObject({
			tokenService: { body: { id: "{identity}" }, responseField: "jwt" },
		});
		expect(await message(target({ ...flags, tokenUrlField: "url" }))).toContain("not for doctor");
	});

	test("nobody: an error that says what to give", async () => {
		expect(await message(target({}))).toBe("There is nothing to examine.");
		expect(await message(target({}, { LIVEKIT_URL: "", LIVEKIT_TOKEN: "" }))).toContain("nothing");
		expect(await target({ turnConfig: "turnserver.conf" })).toMatchObject({
			turnConfig: "turnserver.conf",
		});
	});
});

describe("a secret", () => {
	test("from standard input loses its line break, and nothing else", async () => {
		const read = (text: string) => readSecret("--token", "-", { stdin: Readable.from([text]) });
		expect(await read("abc\n")).toBe("abc");
		expect(await read(" abc \r\n")).toBe(" abc ");
		expect(await message(read("\n"))).toBe("--token is empty.");
		expect(await message(read("x".repeat(2 ** 20 + 1)))).toContain("more than 1 MiB");
	});

	test("on the command line is hinted at, without its value", () => {
		expect(secretsHint({})).toBeUndefined();
		expect(secretsHint({ token: "-" })).toBeUndefined();
		const hint = secretsHint({ token: "very-secret", turnSecret: "hush-hush" });
		expect(hint).toMatch(/LIVEKIT_TOKEN, LIVESOAK_TURN_SECRET$/);
		expect(hint).not.toMatch(/very-secret|hush/);
	});
});
