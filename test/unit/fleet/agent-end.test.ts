import { expect, test } from "vitest";
import { offsetMs, prepareOrder, reserve, rig, startedRig } from "./agent-rig.js";

test("without a new pulse for a whole lease everybody is ended, what was measured is sent, and the agent is free", async () => {
	const { pool, led, pass, last, offers, said } = await startedRig();
	await led("run-1", 5);
	// The last pulse stays where it is; the coordinator is gone.
	await pass(13_000);
	expect(pool.did).not.toContain("endLease");
	const { renewals } = pool;
	await pass(3_000);
	expect(pool.did).toContain("endLease");
	expect(said).toContain("run run-1: no sign of its coordinator for 15 s; everybody leaves");
	await pass(3_000);
	expect(pool.renewals - renewals).toBeLessThanOrEqual(2);
	pool.live(1, 3);
	pool.finish();
	await pass(1_000);
	expect(last("report")).toMatchObject({ isLast: true, lives: [{ seat: 1 }] });
	await pass(1_000);
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("cut off: ended by the same lease; the last report waits for Redis, and only then the agent is free", async () => {
	const { pool, led, pass, last, offers, state } = await startedRig();
	await led("run-1", 2);
	state.isCut = true;
	await pass(16_000);
	expect(pool.did).toContain("endLease");
	pool.live(2, 1);
	pool.finish();
	await pass(60_000);
	expect(last("report")).toMatchObject({ isLast: false });
	state.isCut = false;
	await pass(2_000);
	expect(last("report")).toMatchObject({ isLast: true });
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("what nobody can ever read any more is let go", async () => {
	const { pool, led, pass, offers, state, pulses, sent } = await startedRig();
	await led("run-1", 2);
	state.isCut = true;
	await pass(16_000);
	pool.finish();
	await pass(1_000);
	// Redis is back, and takes offers, but nothing of a run that was forgotten.
	pulses.clear();
	state.isCut = false;
	const before = sent.length;
	await pass(15_000);
	expect(sent.length).toBeGreaterThanOrEqual(before);
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("a lease that is over stays over, though the coordinator is back", async () => {
	const { pool, led, pass, order } = await startedRig();
	await pass(16_000);
	expect(pool.did).toContain("endLease");
	const { renewals } = pool;
	await led("run-1", 3);
	expect(pool.renewals).toBe(renewals);
	await order({ kind: "fault-ended", run: "run-1", shard: 3, fault: 0, fromMs: 0 });
	expect(pool.did.join()).not.toContain("fault");
});

test("a pool that does not end in time is killed", async () => {
	const { pool, pass } = await startedRig();
	await pass(16_000);
	expect(pool.did).not.toContain("kill");
	await pass(40_000);
	expect(pool.did).toContain("kill");
});

test("a reservation that nothing follows ends by the lease too", async () => {
	const { order, pass, offers } = rig();
	await order(reserve);
	await pass(1_000);
	expect(offers.at(-1)).toMatchObject({ run: "run-1" });
	await pass(16_000);
	expect(offers.at(-1)).not.toHaveProperty("run");
	await order({ kind: "reserve", run: "run-2", livesoakVersion: "1.2.3" });
	await pass(1_000);
	expect(offers.at(-1)).toMatchObject({ run: "run-2" });
});

test("the lease is as long as the order says", async () => {
	const { order, pass, pools } = rig();
	await order(reserve);
	await order(prepareOrder({ leaseMs: 60_000 }));
	await order({ kind: "start", run: "run-1", shard: 3, startAtMs: offsetMs });
	await pass(50_000);
	expect(pools[0]?.did).not.toContain("endLease");
	await pass(12_000);
	expect(pools[0]?.did).toContain("endLease");
});

test("released in the middle: who is left is lost and ended, then the agent is free", async () => {
	const { pool, led, order, pass, offers, last } = await startedRig();
	await led("run-1", 2);
	await order({ kind: "release", run: "run-1" });
	expect(pool.did).toContain("endLease");
	await pass(1_000);
	expect(offers.at(-1)).toMatchObject({ run: "run-1" });
	await pass(2_000);
	expect(pool.did).toContain("kill");
	await pass(1_000);
	expect(last("report")).toMatchObject({ isLast: true });
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("released after the run was forgotten: nothing is left in Redis", async () => {
	const { pool, led, order, pass, pulses, sent, offers } = await startedRig();
	await led("run-1", 2);
	pulses.clear();
	const before = sent.length;
	await order({ kind: "release", run: "run-1" });
	pool.finish();
	await pass(3_000);
	expect(sent.length).toBe(before);
	expect(offers.at(-1)).not.toHaveProperty("run");
});

test("a coordinator that goes on after a kill is told again what the one before had not kept", async () => {
	const { pool, pass, order, sent, pulses, clock } = await startedRig();
	await pass(2_000);
	pulses.set("run-1", { run: "run-1", atMs: clock.nowMs() + offsetMs, heard: {} });
	pool.live(1, 1);
	await pass(15_000);
	pool.finish();
	await pass(3_000);
	const highest = Math.max(...sent.map(({ seq }) => seq));
	const before = sent.length;
	pulses.set("run-1", { run: "run-1", atMs: clock.nowMs() + offsetMs, heard: { "web-1": 4 } });
	await order({ kind: "release", run: "run-1" });
	const again = sent.slice(before).map(({ seq }) => seq);
	expect(again).toEqual(Array.from({ length: highest - 4 }, (_, i) => i + 5));
	await order(reserve);
	expect(sent.at(-1)).toMatchObject({ kind: "reserved", seq: highest + 1 });
});

test("reserved again by the same run: its earlier shards are of nobody, and end first", async () => {
	const { pool, order, last, pass } = await startedRig();
	await order(reserve);
	expect(last("refused")?.why).toBe("agent web is still ending its earlier part of this run");
	expect(pool.did).toContain("endLease");
	pool.finish();
	await pass(2_000);
	await order(reserve);
	expect(last("reserved")?.seq).toBeGreaterThan(last("refused")?.seq ?? 0);
});

test("stopped while free: the offer is taken back, at once", async () => {
	const { stop, pass, ended, state, clock } = rig();
	await pass(1_500);
	stop();
	expect(await ended).toBe("stopped");
	expect(state.isWithdrawn).toBe(true);
	await pass(0);
	expect(clock.sleeping).toBe(0);
});

test("stopped in a run: everyone leaves, the last report is sent, nothing is left running", async () => {
	const { pool, stop, led, pass, ended, last, order, state, clock } = await startedRig();
	await led("run-1", 1);
	stop();
	await pass(100);
	expect(state.isWithdrawn).toBe(true);
	expect(pool.did).toContain("stop");
	// Nobody new is taken meanwhile.
	await order({ kind: "reserve", run: "run-2", livesoakVersion: "1.2.3" });
	expect(last("refused", "run-2")?.why).toBe("agent web is being stopped");
	pool.finish();
	await pass(2_000);
	expect(await ended).toBe("left-run");
	expect(last("report", "run-1")).toMatchObject({ isLast: true });
	expect(pool.did).toContain("close");
	await pass(0);
	expect(clock.sleeping).toBe(0);
});

test("stopped while Redis is away: it does not wait for ever with its last words", async () => {
	const { pool, stop, led, pass, ended, state } = await startedRig();
	await led("run-1", 1);
	state.isCut = true;
	stop();
	pool.finish();
	await pass(12_000);
	expect(await ended).toBe("left-run");
});

test("killed: the pool is killed, and nothing is waited for", async () => {
	const { pool, led, kill, ended, pass, clock } = await startedRig();
	await led("run-1", 1);
	kill();
	expect(await ended).toBe("left-run");
	expect(pool.did).toContain("kill");
	await pass(0);
	expect(clock.sleeping).toBe(0);
});

test("once, and the coordinator is lost: that is no success", async () => {
	const { pool, pass, ended } = await startedRig({ once: true });
	await pass(16_000);
	pool.finish();
	await pass(2_000);
	expect(await ended).toBe("lost");
});
