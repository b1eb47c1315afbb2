import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { token as check } from "../../../src/doctor/checks/token.js";
import type { DoctorFacts, DoctorTarget } from "../../../src/doctor/context.js";
import { serviceFailure } from "../../../src/doctor/token/service-failure.js";
import { serviceTokens } from "../../../src/token/token-service.js";
import { makeToken } from "../../rig/token-case.js";
import { type Answer, withHttpAnswer } from "../token/http-answer.js";

const key = { apiKey: "APIhealthykey1", apiSecret: "a-healthy-secret-of-thirty-two-letters" };
const url = new URL("ws://127.0.0.1:1");
const healthy = makeToken({ why: "", expect: [] }, key, Date.now()).text;

async function examine(target: Partial<DoctorTarget>, facts: DoctorFacts = {}) {
	// What is minted has the true time in it.
	const clock = new ManualClock(Date.now());
	const { signal } = new AbortController();
	const context = { target: { participants: 1, ...target }, facts, clock, signal };
	const result = await check.run(context);
	return { ...result, ids: result.findings.map(({ id }) => id), tokens: facts.tokens ?? [] };
}

describe("whom the later checks join as", () => {
	test("a key and its secret: two participants of one room that nobody guesses", async () => {
		const { ids, tokens } = await examine({ url, ...key });
		expect(ids).toEqual([]);
		expect(tokens.map(({ identity }) => identity)).toEqual([
			"livesoak-doctor-a",
			"livesoak-doctor-b",
		]);
		expect(tokens[0]?.room).toMatch(/^livesoak-doctor-[0-9a-f]{16}$/);
		expect(tokens[1]?.room).toBe(tokens[0]?.room);
		const again = await examine({ url, ...key });
		expect(again.tokens[0]?.room).not.toBe(tokens[0]?.room);
	});

	test("a given token: alone, or with a partner in its room where we may mint one", async () => {
		const alone = await examine({ url, token: healthy });
		expect(alone.tokens).toEqual([{ text: healthy, identity: "alice", room: "demo" }]);
		const { tokens } = await examine({ url, token: healthy, ...key });
		expect(tokens.map(({ identity, room }) => [identity, room])).toEqual([
			["alice", "demo"],
			["livesoak-doctor-b", "demo"],
		]);
	});

	test("offline there is nobody to meet", async () => {
		expect((await examine({ token: healthy, ...key })).tokens).toHaveLength(1);
	});

	test("a token that cannot be read joins nothing; one that is refused is tried", async () => {
		expect((await examine({ url, token: "garbage" })).tokens).toEqual([]);
		const refused = makeToken({ why: "", expect: [], video: {} }, key, Date.now()).text;
		expect((await examine({ url, token: refused })).tokens).toHaveLength(1);
		expect((await examine({ url, token: `"${healthy}"` })).tokens[0]?.text).toBe(healthy);
	});

	test("nothing given: skipped, and no finding", async () => {
		expect(await examine({ url })).toMatchObject({ findings: [], skipped: expect.any(String) });
	});
});

test("what is minted is judged by the server's clock", async () => {
	const { ids } = await examine({ url, ...key }, { clockOffsetMs: -5 * 60_000 });
	expect(ids).toEqual(["token.not-yet-valid"]);
});

test("a secret with the line break of its file", async () => {
	const { ids } = await examine({ url, ...key, apiSecret: `${key.apiSecret}\n` });
	expect(ids).toEqual(["token.secret-extra-characters"]);
});

describe("a token service", () => {
	const ask = (answer: Answer, more: Partial<DoctorTarget> = {}) =>
		withHttpAnswer(answer, async (origin, seen) => {
			const result = await examine({ url, tokenUrl: new URL(`http://${origin}/api`), ...more });
			return { ...result, seen };
		});
	const answering = (body: unknown) => ({ body: JSON.stringify(body) });

	test("is asked for two users of one room", async () => {
		const { seen } = await ask(answering({ token: healthy }));
		const bodies = seen.map(({ body }) => JSON.parse(body));
		expect(new Set(bodies.map(({ user_id }) => user_id)).size).toBe(2);
		expect(new Set(bodies.map(({ scenario_id }) => scenario_id)).size).toBe(1);
	});

	test("that has one identity for all: the second would throw the first out", async () => {
		const { ids, tokens } = await ask(answering({ token: healthy }));
		expect(ids).toEqual(["token.service-same-identity"]);
		expect(tokens).toHaveLength(1);
	});

	test("whose tokens are wrong: as with a given one, and once", async () => {
		const bad = makeToken({ why: "", expect: [], video: { room: "demo" } }, key, Date.now()).text;
		const { ids } = await ask(answering({ token: bad }));
		expect(ids).toEqual(["token.room-join-missing", "token.service-same-identity"]);
	});

	test("is told where its answer has the token", async () => {
		const { tokens } = await ask(answering({ data: { jwt: healthy } }), {
			tokenService: { responseField: "data.jwt" },
		});
		expect(tokens[0]?.text).toBe(healthy);
	});

	test.each<[string, Answer]>([
		["token.service-status", { status: 500, body: "the database is away" }],
		["token.service-unauthorized", { status: 401, body: "" }],
		["token.service-redirect", { status: 307, body: "", headers: { location: "/elsewhere" } }],
		["token.service-answer", { body: "<html>" }],
		["token.service-answer", { body: "" }],
		["token.service-answer", { body: '{"session":7}' }],
		["token.service-answer", { body: '{"token":42}' }],
	])("%s", async (id, answer) => {
		const { ids, tokens } = await ask(answer);
		expect(ids).toEqual([id]);
		expect(tokens).toEqual([]);
	});

	test("that never answers", async () => {
		const error = await withHttpAnswer(undefined, (origin) => {
			const service = serviceTokens({ url: `http://${origin}/api`, timeoutMs: 50 });
			const rights = { canPublish: true, canSubscribe: true };
			const asked = service.tokenFor({ identity: "a", room: "r", index: 0, ...rights });
			return asked.catch((reason: unknown) => reason);
		});
		expect(serviceFailure(error).id).toBe("token.service-timeout");
	});

	test("that nobody listens for", async () => {
		const gone = await withHttpAnswer({ body: "" }, async (origin) => origin);
		const { ids } = await examine({ url, tokenUrl: new URL(`http://${gone}/api`) });
		expect(ids).toEqual(["token.service-unreachable"]);
	});
});
