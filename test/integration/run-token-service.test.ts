import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AccessToken } from "livekit-server-sdk";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { requirePart, withCoturn, withLiveKit } from "../rig/real-parts.js";
import { expectConserved, expectNoSecret, readEvents, readSummary } from "../rig/result.js";

const scenario = `
name: serviced
participants: { publishers: 1, subscribers: 1 }
load: [{ ramp: 1s, to: 100% }, { hold: 4s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();
const server = withLiveKit();

/** An application's own service, as far as a test needs one. */
let service: Server;
let base: string;
let answer: (request: IncomingMessage, body: string) => Promise<unknown>;
const asked: { path: string; body: string }[] = [];

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
	let body = "";
	for await (const chunk of request) body += chunk;
	asked.push({ path: `${request.method} ${request.url}`, body });
	try {
		const text = JSON.stringify(await answer(request, body));
		response.writeHead(200, { "content-type": "application/json" }).end(text);
	} catch {
		response.writeHead(500).end("the database is away");
	}
}

beforeAll(async () => {
	service = createServer((request, response) => void respond(request, response));
	await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
	const address = service.address();
	base = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
beforeEach(() => asked.splice(0));
afterAll(() => service.close());

test("--token-url: one POST for each participant, and they join with what it answers", async () => {
	const { url, apiKey, apiSecret } = server();
	answer = async (_request, body) => {
		const { user_id: identity, scenario_id: room } = JSON.parse(body);
		const token = new AccessToken(apiKey, apiSecret, { identity, ttl: "5m" });
		token.addGrant({ roomJoin: true, room });
		return { token: await token.toJwt(), session: 7 };
	};
	const flags = ["--url", url, "--token-url", `${base}/api/sessions`];
	const { code, out, stderr } = await cli().runScenario(scenario, flags);
	expect(stderr).not.toContain("internal error");
	expect(code).toBe(0);
	const summary = await readSummary(out);
	expect(summary.participants).toMatchObject({ joined: 2, failed: 0, lost: 0 });
	expect(summary.packets.received).toBeGreaterThan(0);
	expect(asked.map(({ path }) => path)).toEqual(["POST /api/sessions", "POST /api/sessions"]);
	const bodies = asked.map(({ body }) => JSON.parse(body));
	for (const body of bodies)
		expect(Object.keys(body).sort()).toEqual(["language", "scenario_id", "user_id"]);
	expect(new Set(bodies.map(({ user_id }) => user_id)).size).toBe(2);
	expect(new Set(bodies.map(({ scenario_id }) => scenario_id)).size).toBe(1);
});

test("a token service that answers 500 fails every participant at `credentials`", async () => {
	answer = async () => {
		throw new Error("500");
	};
	const flags = ["--url", server().url, "--token-url", `${base}/api/sessions`];
	const { code, out, stderr } = await cli().runScenario(scenario, flags);
	expect(code).toBe(99);
	const summary = await readSummary(out);
	expect(summary.failures).toEqual([{ stage: "credentials", cause: "token-service", count: 2 }]);
	expect(summary.thresholds).toMatchObject([{ ok: false, observed: 1 }]);
	expectConserved(summary);
	const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
	for (const { detail } of failures) expect(detail).toMatch(/500.*the database is away/s);
	expect(stderr).toContain("token-service");
});

requirePart("coturn")("--turn-url", () => {
	const turn = withCoturn();

	test("hands out credentials for the relay, one GET for each participant", async () => {
		const passwords: string[] = [];
		answer = async () => {
			const order = { secret: turn().secret, name: `guest-${asked.length}`, ttlMs: 60_000 };
			const credentials = restCredentials({ ...order, nowMs: Date.now() });
			passwords.push(credentials.password);
			return { ...credentials, ttl: 60, uris: [turn().uris.udp, turn().uris.tcp] };
		};
		const { args, env } = toServer(server());
		const flags = [...args, "--ice", "relay-udp", "--turn-url", `${base}/webrtc/turn-credentials`];
		const { code, out, stdout, stderr } = await cli().runScenario(scenario, flags, env);
		expect(code).toBe(0);
		expect(asked.map(({ path }) => path)).toEqual([
			...["GET /webrtc/turn-credentials", "GET /webrtc/turn-credentials"],
		]);
		const { candidatePairs, packets } = await readSummary(out);
		expect(packets.received).toBeGreaterThan(0);
		for (const pair of candidatePairs)
			expect(pair).toMatchObject({ local: "relay", relayProtocol: "udp" });
		expect(await turn().log()).toMatch(/user <\d+:guest-1>/);
		expect(passwords).toHaveLength(2);
		expectNoSecret(stdout + stderr, [...passwords, turn().secret]);
	});
});
