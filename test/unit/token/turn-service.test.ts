import { expect, test } from "vitest";
import type { IcePolicy } from "../../../src/ice/policy.js";
import { serviceTurn } from "../../../src/token/turn-service.js";
import { withHttpAnswer } from "./http-answer.js";

const udp = "turn:h:3478?transport=udp";
const tcp = "turn:h:3478?transport=tcp";
const tls = "turns:h:5349?transport=tcp";

/** What the source makes of an answer, and how many requests it took. */
function ask(policy: IcePolicy, answer: unknown, status = 200) {
	return withHttpAnswer({ status, body: JSON.stringify(answer) }, async (at, seen) => {
		const source = serviceTurn({ url: `http://${at}/webrtc/turn-credentials` });
		const servers = await source.serversFor(policy, 3);
		return { servers, methods: seen.map(({ method }) => method) };
	});
}

test("one GET gives the servers that fit the policy", async () => {
	const answer = { username: "u", password: "p", uris: ["stun:h", udp, tcp, tls], ttl: 60 };
	expect(await ask("relay-tcp", answer)).toEqual({
		servers: [{ urls: [tcp], username: "u", password: "p" }],
		methods: ["GET"],
	});
});

test("entries that do not fit are passed over, each that fits keeps its credentials", async () => {
	const answer = [
		{ urls: udp, username: "1", credential: "x" },
		{ urls: [tls], username: "2", credential: "y" },
		{ urls: ["turns:i"], username: "3", credential: "z" },
	];
	expect((await ask("relay-tls", answer)).servers).toEqual([
		{ urls: [tls], username: "2", password: "y" },
		{ urls: ["turns:i:5349?transport=tcp"], username: "3", password: "z" },
	]);
});

test("policies without relay do not ask", async () => {
	expect(await ask("direct", {})).toEqual({ servers: [], methods: [] });
	expect(await ask("tcp", {})).toEqual({ servers: [], methods: [] });
});

test.each<[string, unknown, number, string]>([
	[
		"no URI fits",
		{ username: "u", password: "p", uris: [udp] },
		200,
		"relay-tls needs a turns: URI",
	],
	[
		"a URI beside a good one is malformed",
		{ username: "u", password: "p", uris: [tls, "turn:turn:h"] },
		200,
		'answered: ICE server URI "turn:turn:h" has its scheme twice',
	],
	["no credentials", { uris: [tls] }, 200, "answered JSON that has TURN URIs without username"],
	["a status", { error: "no" }, 403, 'answered 403: {"error":"no"}'],
])("%s: a failure of stage credentials", async (_name, answer, status, detail) => {
	await expect(ask("relay-tls", answer, status)).rejects.toMatchObject({
		name: "JoinError",
		stage: "credentials",
		cause: "turn-service",
		detail: expect.stringMatching(
			/^GET http:\/\/127\.0\.0\.1:\d+\/webrtc\/turn-credentials answered/,
		),
	});
	await expect(ask("relay-tls", answer, status)).rejects.toThrow(detail);
});
