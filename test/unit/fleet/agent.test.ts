import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { offsetMs, ownMs, prepareOrder, reserve, rig, startedRig } from "./agent-rig.js";

test("a free agent renews its offer each second, by Redis's clock", async () => {
	const { offers, pass } = rig();
	await pass(3_000);
	expect(offers.length).toBeGreaterThanOrEqual(4);
	const last = offers.at(-1);
	expect(last).toMatchObject({ agent: "web-1", clockOffsetMs: offsetMs, clockErrorMs: 1 });
	expect(last).not.toHaveProperty("run");
	expect(last?.atMs).toBe(ownMs + 3_000 + offsetMs);
});

test("from the reservation to the release, each step is answered", async () => {
	const { order, last, pools, pass, led, offers, clock, pool, said } = await startedRig();
	expect(last("reserved")).toMatchObject({ run: "run-1", seq: 1 });
	expect(offers.at(-1)).toMatchObject({ run: "run-1" });
	expect(last("ready")).toEqual({
		...{ kind: "ready", run: "run-1", shard: 3, workers: 1, seq: 2 },
		engines: [{ name: "lite", version: "1", sees: ["socket"] }],
	});
	expect(pools).toHaveLength(1);
	expect(pool.options.shards).toEqual([[1, 2]]);
	expect(pool.options.order.connection).toEqual({
		...{ url: "ws://127.0.0.1:7880", tokens: { kind: "given" } },
	});
	expect(pool.options.order.leaseMs).toBe(15_000);
	expect(pool.startAtMs).toBeCloseTo(ownMs + 620, -2);
	pool.live(1, 50);
	await led("run-1", 1);
	const report = last("report");
	expect(report).toMatchObject({
		...{ shard: 3, isLast: false, tester: { cpuSeconds: 1.5 } },
		lives: [{ seat: 1, life: 0, sample: { kind: "joined" } }],
		events: [{ kind: "life-joined", seat: 1, life: 0, connectMs: 5 }],
	});
	const [event] = report?.events ?? [];
	expect((event?.atMs ?? 0) - offsetMs).toBeLessThanOrEqual(clock.nowMs());
	expect((event?.atMs ?? 0) - offsetMs).toBeGreaterThan(ownMs);
	pool.finish();
	await pass(1_000);
	expect(last("report")).toMatchObject({ isLast: true });
	await order({ kind: "release", run: "run-1" });
	await pass(1_000);
	expect(offers.at(-1)).not.toHaveProperty("run");
	expect(said.at(-1)).toBe("run run-1 is over");
});

test("an order to start that comes before the workers are ready waits for them", async () => {
	const made = rig();
	let ready = () => {};
	made.state.preparing = new Promise((resolve) => {
		ready = resolve;
	});
	await made.order(reserve);
	await made.order(prepareOrder());
	await made.order({ kind: "start", run: "run-1", shard: 3, startAtMs: 1 + offsetMs });
	expect(made.pools[0]?.startAtMs).toBeUndefined();
	ready();
	await made.pass(0);
	expect(made.pools[0]?.startAtMs).toBe(1);
});

test("a run of another version is refused, both versions named", async () => {
	const { order, last, offers, pass } = rig();
	await order({ ...reserve, kind: "reserve", run: "r", livesoakVersion: "2.0.0" });
	expect(last("refused")?.why).toBe("agent web is livesoak 1.2.3, the run is of livesoak 2.0.0");
	await pass(1_000);
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("of two runs the second is refused, and told who was first", async () => {
	const { order, last } = await startedRig();
	await order({ kind: "reserve", run: "run-2", livesoakVersion: "1.2.3" });
	expect(last("refused", "run-2")).toMatchObject({
		...{ seq: 1, why: "agent web belongs to run run-1" },
	});
	// And has no say over what is not its.
	await order({ kind: "stop", run: "run-2" });
	await order({ kind: "release", run: "run-2" });
	await order(prepareOrder({ run: "run-2", shard: 3 }));
	expect(last("failed", "run-2")?.message).toContain("does not belong to the run");
	expect(last("reserved", "run-1")).toBeDefined();
});

test("times of faults are turned from Redis's clock to ours", async () => {
	const { order, pool } = await startedRig();
	const of = { run: "run-1", shard: 3 };
	const watch = { number: 0, withinMs: 100, seats: [1], blow: "signal-drop" as const };
	await order({
		...{ kind: "fault-began", ...of },
		watch: { ...watch, beganAtMs: 10_000 + offsetMs, fromMs: 11_000 + offsetMs },
	});
	await order({ kind: "fault-ended", ...of, fault: 0, fromMs: 12_000 + offsetMs });
	await order({ kind: "kill-worker", ...of, worker: 1 });
	expect(pool.faults).toEqual([{ ...watch, beganAtMs: 10_000, fromMs: 11_000 }]);
	expect(pool.did.filter((what) => what !== "watch")).toEqual([
		"fault 0 over 12000",
		"kill worker 1",
	]);
});

test("tokens go to the pool; one that leads elsewhere is refused for its life", async () => {
	const { order, pool } = await startedRig();
	await order({
		...{ kind: "tokens", run: "run-1", shard: 3 },
		tokens: {
			"tag-p1-0": { token: "t1" },
			"tag-p2-0": { token: "t2", url: "wss://evil.example" },
		},
		refused: { "tag-p2-1": "no" },
	});
	expect(pool.handouts).toEqual([
		{
			tokens: { "tag-p1-0": { token: "t1" } },
			refused: {
				"tag-p2-0": "wss://evil.example is not on this agent's list.",
				"tag-p2-1": "no",
			},
		},
	]);
});

test("a life that misses its token does not wait for the next second", async () => {
	const { pool, last, pass } = await startedRig();
	await pass(1_000);
	pool.options.listener.onTokensWanted?.(["tag-p1-1000000001"]);
	await pass(60);
	expect(last("report")?.tokensWanted).toEqual(["tag-p1-1000000001"]);
});

test("a pool that is lost tells what it measured, then that it failed", async () => {
	const { pool, pass, sent, last } = await startedRig();
	pool.live(1, 7);
	pool.fail(new Error("worker 0 died 4 times"));
	await pass(100);
	expect(sent.slice(-2).map(({ kind }) => kind)).toEqual(["report", "failed"]);
	expect(last("report")?.lives).toHaveLength(1);
	expect(last("failed")).toMatchObject({ exitCode: 1, message: "worker 0 died 4 times" });
	expect(pool.did).toContain("close");
});

test("the pool is not looked after in the second after the process stood still", async () => {
	const { pool, clock, pass } = await startedRig();
	await pass(2_000);
	const before = pool.did.length;
	await clock.stallUntil(clock.nowMs() + 9_000);
	expect(pool.did.length).toBe(before);
	await pass(1_000);
	expect(pool.did.slice(before)).toEqual(["watch"]);
});

test("once: a reservation that comes to nothing is no run, the next one is", async () => {
	const { order, pass, ended, pools, led } = rig({ once: true });
	await order(reserve);
	await order({ kind: "release", run: "run-1" });
	await pass(2_000);
	await order(reserve);
	await order(prepareOrder());
	await order({ kind: "start", run: "run-1", shard: 3, startAtMs: ownMs });
	await led("run-1", 1);
	pools[0]?.finish();
	await order({ kind: "release", run: "run-1" });
	await pass(2_000);
	expect(await ended).toBe("done");
});

test("nothing is counted twice and nothing is lost over a cut of half a minute with a long lease", async () => {
	const made = rig();
	await made.order(reserve);
	await made.order(prepareOrder({ leaseMs: 120_000 }));
	await made.order({ kind: "start", run: "run-1", shard: 3, startAtMs: ownMs });
	const [pool] = made.pools;
	for (let second = 0; second < 60; second++) {
		made.state.isCut = second >= 10 && second < 45;
		pool?.live(second, 50);
		if (made.state.isCut) await made.pass(1_000);
		else await made.led("run-1", 1);
	}
	pool?.finish();
	await made.led("run-1", 2);
	const bySeq = new Map(made.sent.map((message) => [message.seq, message]));
	expect([...bySeq.keys()].sort((a, b) => a - b)).toEqual([...bySeq.keys()].map((_, i) => i + 1));
	const sums = new Aggregates();
	const seats: number[] = [];
	for (const message of bySeq.values()) {
		if (message.kind !== "report") continue;
		sums.merge(message.aggregates);
		seats.push(...message.lives.map(({ seat }) => seat));
	}
	expect(sums.counter("packets")).toBe(60 * 50);
	expect(seats.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
	expect(made.said.filter((line) => line.startsWith("Redis"))).toEqual([
		"Redis does not take anything now: cut",
		"Redis is back",
	]);
});
