import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { TokenFeed } from "../../../src/fleet/coordinator/token-feed.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { TokenHandout } from "../../../src/pool/handout.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { withHttpAnswer } from "../token/http-answer.js";

const runTag = "livesoak-59015b";
const ttlMs = 60_000;

/** Ten participants who join over two minutes, and stay 30 s each, again and again. */
const plan = makePlan(
	loadScenario({
		text: `
name: churned
participants: { both: 10 }
load: [{ ramp: 2m, to: 100% }, { hold: 1m }]
life: { stay: 30s }
`,
		fileName: "x.yaml",
		checkThreshold: () => undefined,
	}),
);
const seats = plan.seats.map(({ index }) => index);
const lives = plan.seats.flatMap((seat) => plan.livesOf(seat));
const identitiesUntil = (ms: number) =>
	lives
		.filter(({ startMs }) => startMs <= ms)
		.map(({ seat, number }) => `${runTag}-p${seat.index}-${number}`)
		.sort();

function feedOf(connection: ConstructorParameters<typeof TokenFeed>[0]["connection"]) {
	const clock = new ManualClock();
	const feed = new TokenFeed({ plan, connection, ttlMs, runTag, clock });
	const handed: TokenHandout[] = [];
	const identities = () => handed.flatMap(({ tokens }) => Object.keys(tokens)).sort();
	return { clock, feed, handed, identities };
}

const minted = { tokens: { kind: "minted" as const, apiKey: "key", apiSecret: "secret" } };

const claims = (token = ""): { exp: number; nbf: number; sub: string } =>
	JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

test("each life gets its token once, and before it begins", async () => {
	const { clock, feed, identities } = feedOf(minted);
	feed.open(0, { seats, fromMs: 0 }, (handout) => void handed(handout));
	const seen = new Map<string, number>();
	let planMs = -2_500;
	function handed({ tokens }: TokenHandout): void {
		for (const identity of Object.keys(tokens)) {
			expect(seen.has(identity)).toBe(false);
			seen.set(identity, planMs);
		}
	}
	await feed.feedShard(0, planMs);
	expect([...seen.keys()].sort()).toEqual(identitiesUntil(57_500));
	for (planMs = 0; planMs < plan.durationMs; planMs += 1_000) {
		await clock.advanceTo(planMs);
		await feed.feed(planMs);
	}
	expect(seen.size).toBe(plan.lifeCount);
	for (const life of lives) {
		const at = seen.get(`${runTag}-p${life.seat.index}-${life.number}`);
		expect(at).toBeLessThan(life.startMs);
	}
	expect(identities()).toEqual([]);
});

test("a token lasts for its time from the moment on at which its life begins", async () => {
	const { feed, handed } = feedOf(minted);
	feed.open(0, { seats, fromMs: 0 }, (handout) => void handed.push(handout));
	await feed.feedShard(0, 0);
	for (const life of lives.filter(({ startMs }) => startMs <= 60_000)) {
		const { token } = handed[0]?.tokens[`${runTag}-p${life.seat.index}-${life.number}`] ?? {};
		const { exp, nbf } = claims(token);
		expect((exp - nbf) * 1000).toBeGreaterThanOrEqual(ttlMs + life.startMs);
	}
});

test("a shard that is taken over gets the tokens of its resumed lives", async () => {
	const { feed, handed, identities } = feedOf(minted);
	feed.open(7, { seats, fromMs: 100_000 }, (handout) => void handed.push(handout));
	await feed.feedShard(7, 96_000);
	const resumed = identities().filter((identity) => identity.endsWith("-1000100000"));
	const inProgress = lives.filter(({ startMs, endMs }) => startMs < 100_000 && endMs > 100_000);
	expect(resumed).toHaveLength(inProgress.length);
	expect(inProgress.length).toBeGreaterThan(0);
	expect(identities()).not.toContain(`${runTag}-p0-0`);
});

test("one that is asked for has the rights of its seat; strangers get none", async () => {
	const { feed, identities, handed } = feedOf(minted);
	feed.open(0, { seats: [1], fromMs: 1e9 }, (handout) => void handed.push(handout));
	await feed.want(
		0,
		[`${runTag}-p1-1000000005`, `${runTag}-p2-0`, "admin", `other-p1-0`, `${runTag}-p1-x`],
		5,
	);
	expect(identities()).toEqual([`${runTag}-p1-1000000005`]);
	feed.close(0);
	await feed.want(0, [`${runTag}-p1-0`], 5);
	expect(handed).toHaveLength(1);
});

test("a service is asked shortly before; what it says instead of a token is handed on without secrets", async () => {
	await withHttpAnswer({ status: 500, body: "no" }, async (origin, requests) => {
		const { feed, handed } = feedOf({ tokens: { kind: "service", url: `http://${origin}/t` } });
		feed.open(0, { seats, fromMs: 0 }, (handout) => void handed.push(handout));
		await feed.feedShard(0, 0);
		expect(requests).toHaveLength(identitiesUntil(15_000).length);
		const refused = Object.entries(handed[0]?.refused ?? {});
		expect(refused.map(([identity]) => identity).sort()).toEqual(identitiesUntil(15_000));
		expect(refused[0]?.[1]).toContain("500");
	});
});
