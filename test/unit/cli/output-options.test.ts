import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../../src/cli/environment.js";
import { outputSinks, secretsOf } from "../../../src/cli/output-options.js";
import { UserError } from "../../../src/error/user-error.js";

const nothing = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const environment = (stderrIsTty: boolean): Environment => ({
	...{ argv: [], env: {}, stdout: nothing(), stderr: nothing() },
	...{ stdoutIsTty: false, stderrIsTty },
	...{ signal: new AbortController().signal, killSignal: new AbortController().signal },
});
const flags = { out: "results", json: false, quiet: false };
const namesOf = async (changes: Partial<Parameters<typeof outputSinks>[1]>, isTty = false) => {
	const sinks = await outputSinks(environment(isTty), { ...flags, ...changes })("run-1", []);
	return sinks.map(({ name }) => name);
};

describe("the sinks that the flags ask for", () => {
	const shown = async (changes: Parameters<typeof namesOf>[0], isTty = false) =>
		(await namesOf(changes, isTty))[1];

	test("always the result folder first", async () => {
		for (const changes of [{}, { json: true }, { quiet: true }, { prometheus: "127.0.0.1:0" }])
			expect((await namesOf(changes))[0]).toBe("result-folder");
	});

	test("one that shows: live on a terminal, else plain, or quiet, or JSON", async () => {
		expect(await namesOf({})).toEqual(["result-folder", "plain"]);
		expect(await shown({}, true)).toBe("terminal");
		for (const isTty of [false, true]) {
			expect(await shown({ quiet: true }, isTty)).toBe("quiet");
			expect(await shown({ json: true }, isTty)).toBe("json");
			expect(await shown({ json: true, quiet: true }, isTty)).toBe("json");
		}
	});

	test("Prometheus last: it stays up until everything else is written", async () => {
		const withPrometheus = await namesOf({ prometheus: "127.0.0.1:0" });
		expect(withPrometheus).toEqual([...(await namesOf({})), "prometheus"]);
	});

	test("a wrong flag is told before the run has a name", () => {
		const wrong = (changes: Partial<typeof flags> & { prometheus?: string }) => () =>
			outputSinks(environment(false), { ...flags, ...changes });
		expect(wrong({ out: "" })).toThrow("--out is empty.");
		expect(wrong({ prometheus: "9464" })).toThrow("--prometheus 9464: expected HOST:PORT.");
		expect(wrong({ prometheus: "h:99999" })).toThrow(UserError);
	});
});

test("secrets are what no file may hold: API secret, TURN secret, TURN password", () => {
	const tokens = { kind: "minted", apiKey: "key", apiSecret: "the-api-secret" } as const;
	const service = { kind: "service", url: "https://h" } as const;
	const rest = { kind: "rest", uris: [], secret: "the-turn-secret" } as const;
	const named = { kind: "static", uris: [], username: "u", password: "the-password" } as const;
	const url = "ws://h";
	expect(secretsOf({ url, tokens })).toEqual(["the-api-secret"]);
	expect(secretsOf({ url, tokens, turn: rest })).toEqual(["the-api-secret", "the-turn-secret"]);
	expect(secretsOf({ url, tokens: service, turn: named })).toEqual(["the-password"]);
	expect(secretsOf({ url, tokens: service, turn: service })).toEqual([]);
});
