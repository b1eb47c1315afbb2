import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import type { TokenSettings } from "../../../src/pool/connection.js";
import { preflight } from "../../../src/run/preflight.js";
import { type Answer, withHttpAnswer } from "../token/http-answer.js";

const apiSecret = "a-secret-that-nobody-may-see";
const minted: TokenSettings = { kind: "minted", apiKey: "key", apiSecret };
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl";

const ask = (
	url: string,
	options: { tokens?: TokenSettings; signal?: AbortSignal; answerWithinMs?: number } = {},
) =>
	preflight(
		{ url, tokens: options.tokens ?? minted },
		{ tlsInsecure: false, signal: new AbortController().signal, ...options },
	);

/** The user error that a server with this answer gives rise to. */
const errorWith = (answer: Answer, options: Parameters<typeof ask>[1] = {}) =>
	withHttpAnswer(answer, (origin) => errorOf(ask(`ws://${origin}`, options)));

async function errorOf(asking: Promise<void>): Promise<UserError> {
	const error: unknown = await asking.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error instanceof UserError) return error;
	throw new Error(`expected a UserError, got ${String(error)}`, { cause: error });
}

describe("a server that answers", () => {
	test("is asked whether it is there, then whether it takes our token", async () => {
		await withHttpAnswer({ body: "success" }, async (origin, seen) => {
			await ask(`ws://${origin}`);
			expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
				"GET /",
				"GET /rtc/validate",
			]);
			expect(seen[1]?.headers.authorization).toMatch(/^Bearer eyJ/);
			expect(JSON.stringify(seen)).not.toContain(apiSecret);
		});
	});

	test("is asked below its path, whatever the slashes", async () => {
		for (const path of ["/livekit", "/livekit/"])
			await withHttpAnswer({ body: "" }, async (origin, seen) => {
				await ask(`ws://${origin}${path}`);
				expect(seen.map(({ path }) => path)).toEqual(["/livekit/", "/livekit/rtc/validate"]);
			});
	});

	test("is not asked about a token that a service makes", async () => {
		await withHttpAnswer({ body: "" }, async (origin, seen) => {
			await ask(`ws://${origin}`, { tokens: { kind: "service", url: "http://nowhere.test/" } });
			expect(seen.map(({ path }) => path)).toEqual(["/"]);
		});
	});

	test("may say anything but 401", async () => {
		for (const status of [200, 404, 500])
			await withHttpAnswer({ status, body: "no" }, (origin) => ask(`ws://${origin}`));
	});
});

describe("a refused key", () => {
	test("is told in the server's words, with what to check, as bad input", async () => {
		const error = await errorWith({ status: 401, body: "invalid API key: key\n" });
		expect(error.message).toMatch(
			/^ws:\/\/127\.0\.0\.1:\d+ refused the access token: invalid API key: key$/,
		);
		expect(error.hint).toContain("--api-secret");
		expect(error.exitCode).toBe(2);
	});

	test("a token in its words is masked, and a long page becomes one short line", async () => {
		const body = `invalid token: ${jwt}, error: bad\nsignature ${"x".repeat(2000)}`;
		const { message, hint } = await errorWith({ status: 401, body });
		expect(message).toContain("invalid token: ***, error: bad signature");
		expect(`${message}${hint}`).not.toContain("eyJ");
		expect(message).not.toContain("\n");
		expect(message.length).toBeLessThan(400);
	});

	test("a missing secret is named before the server is asked about a token", async () => {
		const tokens: TokenSettings = { kind: "minted", apiKey: "key", apiSecret: "" };
		expect((await errorWith({ body: "" }, { tokens })).message).toBe(
			"The LiveKit API secret is missing.",
		);
	});
});

describe("a server that cannot be reached", () => {
	test("refuses: nobody listens on the port", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		server.close();
		await once(server, "close");
		// A name may have several addresses: then Node hides the story in an AggregateError.
		for (const host of ["127.0.0.1", "localhost"]) {
			const error = await errorOf(ask(`ws://${host}:${port}`));
			expect(error.message).toContain(`Cannot reach ws://${host}:${port}: `);
			expect(error.message).toContain("ECONNREFUSED");
			expect([error.exitCode, error.hint]).toEqual([1, expect.stringContaining("7880")]);
		}
	});

	test("never answers: bounded", async () => {
		const error = await errorWith(undefined, { answerWithinMs: 50 });
		expect(error.message).toMatch(/: no answer within 0\.05 s\.$/);
		expect([error.exitCode, error.hint]).toEqual([1, expect.stringContaining("firewall")]);
	});

	test("begins an answer and never ends it: bounded as well", async () => {
		const server = createServer((socket) => {
			socket.on("error", () => {}).write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
		}).listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const error = await errorOf(ask(`ws://127.0.0.1:${port}`, { answerWithinMs: 50 }));
		server.close();
		expect(error.message).toMatch(/: no answer within 0\.05 s\.$/);
	});

	test("speaks no TLS where wss was asked for", async () => {
		const error = await withHttpAnswer({ body: "" }, (origin) => errorOf(ask(`wss://${origin}`)));
		expect(error.message).toMatch(/^Cannot reach wss:/);
		expect([error.exitCode, error.hint]).toEqual([1, expect.stringContaining("tls.insecure")]);
	});

	test("closes the connection instead of an answer", async () => {
		const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const error = await errorOf(ask(`ws://127.0.0.1:${port}`));
		server.close();
		expect([error.exitCode, error.message]).toEqual([1, expect.stringContaining("Cannot reach")]);
	});

	test("the URL's user and path stay out of the message", async () => {
		const url = "ws://somebody:hidden-password@127.0.0.1:1/path?access_token=hidden-too";
		const error = await errorOf(ask(url));
		expect(`${error.message}${error.hint}`).not.toMatch(/hidden|somebody/);
	});
});

test("a stop by the user is no fault of the server", async () => {
	const stop = new AbortController();
	await withHttpAnswer(undefined, async (origin, seen) => {
		const asking = ask(`ws://${origin}`, { signal: stop.signal });
		const outcome = expect(asking).rejects.not.toBeInstanceOf(UserError);
		stop.abort();
		await outcome;
		expect(seen.length).toBeLessThanOrEqual(1);
	});
});
