import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { Calm } from "../../../src/fault/calm.js";
import type { FaultTools } from "../../../src/fault/fault-hands.js";
import { FaultRun } from "../../../src/fault/fault-run.js";
import type { FaultWatch } from "../../../src/fault/fault-watch.js";
import { faultMoments } from "../../../src/fault/moments.js";
import type { RunEvent } from "../../../src/run/run-event.js";
import type { Recovery } from "../../../src/sample/recovery.js";
import type { FaultEffect } from "../../../src/scenario/fault.js";

const startAtMs = 1_000_000;
const durationMs = 600_000;
const seats = [0, 1, 2, 3];

/** A run in virtual time whose faults are to be watched; participants do what the test says. */
function runOf(
	faults: readonly { readonly atMs: number; readonly effect: FaultEffect }[],
	tools: FaultTools = {},
	/** A run that goes on: how it was, and who is in a room. */
	resumed: { readonly calm?: Calm; readonly inRoom?: () => readonly number[] } = {},
) {
	const clock = new ManualClock(startAtMs);
	const events: RunEvent[] = [];
	const troubles: string[] = [];
	const begun: FaultWatch[] = [];
	const ended: { fault: number; fromMs: number }[] = [];
	const killed: number[] = [];
	const totals = new Aggregates();
	const moments = faultMoments(
		faults.map(({ atMs, effect }) => ({ when: { kind: "at", atMs }, effect, withinMs: 30_000 })),
		durationMs,
	);
	const run = new FaultRun({
		...{ clock, moments, tools, seed: 1 },
		...(resumed.calm && { calm: resumed.calm }),
		people: {
			get joinedSeats() {
				return resumed.inRoom?.() ?? seats;
			},
			beginFault: (watch) => begun.push(watch),
			endFault: (fault, fromMs) => ended.push({ fault, fromMs }),
			victim: (wish) => ({ pid: 77, seats: [2, 3], kill: () => killed.push(wish) }),
		},
		tell: (event) => events.push(event),
		fold: (sample) => fold(totals, sample),
		onTrouble: (sentence) => troubles.push(sentence),
	});
	const stop = new AbortController();
	const finished = run.run(startAtMs, stop.signal);
	const to = async (planMs: number, alive = seats.length, joining = 0) => {
		while (clock.nowMs() < startAtMs + planMs) {
			await clock.advanceTo(Math.min(startAtMs + planMs, clock.nowMs() + 1000));
			const elapsedMs = clock.nowMs() - startAtMs;
			const now = { elapsedMs, target: seats.length, alive, joining };
			run.onView({ ...now, window: new Aggregates() });
		}
	};
	const settle = (fault: number, outcome: Recovery | "gone", ...which: number[]) => {
		for (const seat of which) run.onRecovery({ fault, seat, outcome });
	};
	return { run, to, settle, stop, finished, events, troubles, begun, ended, killed, totals };
}

function back(recoveryMs: number): Recovery {
	return { outcome: "recovered", recoveryMs, gapMs: recoveryMs + 10 };
}

test("a fault that happens at once is counted, watched from its beginning, and judged when all are back", async () => {
	const test = runOf([{ atMs: 10_000, effect: { do: "signal-drop", share: 1 } }]);
	await test.to(11_000);
	const beganAtMs = startAtMs + 10_000;
	expect(test.begun).toEqual([
		{ number: 0, beganAtMs, fromMs: beganAtMs, seats, withinMs: 30_000, blow: "signal-drop" },
	]);
	test.settle(0, back(100), 0);
	test.settle(0, back(300), 1, 2);
	await test.to(13_000);
	const kinds = test.events.map(({ kind }) => kind);
	expect(kinds).toEqual(["fault-began", "fault-ended", "recovery", "recovery", "recovery"]);
	test.settle(0, { outcome: "failed", gapMs: 9000 }, 3);
	await test.to(20_000);
	expect(test.events.at(-1)).toMatchObject({ kind: "fault-judged", recovered: 3, failed: 1 });
	expect(test.run.finish()).toMatchObject([
		{
			...{ do: "signal-drop", atMs: 10_000, affected: 4, recovered: 3, failed: 1, levelOk: true },
			recoveryMs: { p50: 300, p95: 300, max: 300 },
			audioGapMs: { p50: 310, p95: 9000, max: 9000 },
		},
	]);
	expect(test.totals.counter("faults", { kind: "signal-drop" })).toBe(1);
	expect(test.totals.counter("recoveries", { outcome: "failed" })).toBe(1);
	expect(test.totals.distribution("recovery.media")).toMatchObject({ count: 3, max: 300 });
});

test("a seat is counted once, and who left as planned not at all", async () => {
	const test = runOf([{ atMs: 1000, effect: { do: "herd", share: 1, awayMs: 1000 } }]);
	await test.to(2000);
	test.settle(0, back(100), 0, 0);
	test.settle(0, "gone", 1);
	test.settle(0, back(100), 1);
	expect(test.run.finish()).toMatchObject([{ affected: 4, recovered: 1, failed: 0 }]);
	expect(test.totals.counter("recoveries")).toBe(1);
});

test("a fault that lasts is undone, and recovery counts from there; then it is no longer active", async () => {
	const done: string[] = [];
	const network = {
		meansOf: () => "by magic",
		impair: async () => void done.push("impair"),
		heal: async () => void done.push("heal"),
	};
	const test = runOf([{ atMs: 5000, effect: { do: "partition", forMs: 3000 } }], { network });
	await test.to(7000);
	expect(done).toEqual(["impair"]);
	expect(test.run.active).toEqual(["partition"]);
	expect(test.begun).toMatchObject([{ number: 0, seats }]);
	expect(test.begun[0]?.fromMs).toBeUndefined();
	await test.to(9000);
	expect(done).toEqual(["impair", "heal"]);
	expect(test.ended).toEqual([{ fault: 0, fromMs: startAtMs + 8000 }]);
	expect(test.run.active).toEqual([]);
	expect(test.run.finish()).toMatchObject([{ atMs: 5000, untilMs: 8000, means: "by magic" }]);
});

test("the network is healed at once when the run is to stop", async () => {
	const done: string[] = [];
	const network = {
		meansOf: () => "",
		impair: async () => {},
		heal: async () => void done.push("heal"),
	};
	const test = runOf([{ atMs: 0, effect: { do: "partition", forMs: 60_000 } }], { network });
	await test.to(1000);
	test.stop.abort();
	await test.finished;
	expect(done).toEqual(["heal"]);
});

test("what a fault has made worse for good is told, and is a level that is not back", async () => {
	const test = runOf([{ atMs: 5000, effect: { do: "full-reconnect", share: 0.5 } }]);
	await test.to(6000);
	test.settle(0, back(100), ...(test.begun[0]?.seats ?? []));
	await test.to(15_000, 3);
	const [fault] = test.run.finish();
	expect(fault).toMatchObject({ levelOk: false, levelText: "1 participants fewer than before" });
	expect(test.totals.distribution("recovery.level")?.mean).toBe(0);
});

test("without a second after it, the level is unknown", async () => {
	const test = runOf([{ atMs: 5000, effect: { do: "full-reconnect", share: 1 } }]);
	await test.to(6000);
	expect(test.run.finish()[0]).not.toHaveProperty("levelOk");
	expect(test.totals.distribution("recovery.level")).toBeUndefined();
});

test("a fresh worker is told of those whose recovery is not known, with the times of the fault", async () => {
	const test = runOf([{ atMs: 5000, effect: { do: "kill-worker" } }]);
	await test.to(6000);
	expect(test.killed).toEqual([0]);
	test.settle(0, back(10), 2);
	test.run.onReplaced([0, 1, 2, 3]);
	const beganAtMs = startAtMs + 5000;
	const again = { number: 0, beganAtMs, fromMs: beganAtMs, withinMs: 30_000, seats: [3] };
	expect(test.begun.at(-1)).toEqual(again);
});

test("who is never heard of again has failed when its time and a grace are over", async () => {
	const test = runOf([{ atMs: 5000, effect: { do: "kill-worker" } }]);
	await test.to(60_000);
	expect(test.run.finish()).toMatchObject([{ affected: 2, recovered: 0, failed: 2 }]);
});

test.each<[FaultEffect, string]>([
	[{ do: "restart-server", how: "crash" }, "the server is not livesoak's own"],
	[{ do: "restart-turn" }, "the TURN server is not livesoak's own"],
	[{ do: "loss", forMs: 1, ratio: 1 }, "the network is not livesoak's own"],
])("what cannot be carried out is told, and meets nobody: %o", async (effect, error) => {
	const test = runOf([{ atMs: 1000, effect }]);
	await test.to(2000);
	expect(test.troubles).toEqual([`the fault ${effect.do} could not be carried out: ${error}`]);
	expect(test.run.finish()).toMatchObject([{ do: effect.do, error, affected: 0 }]);
});

/** As it was before a kill: everybody there, or some missing, for five seconds. */
function calmBefore(missing: number): Calm {
	const calm = new Calm();
	const second = { target: seats.length, alive: seats.length - missing, joining: 0 };
	for (const elapsedMs of [1000, 2000, 3000, 4000, 5000])
		calm.add({ ...second, elapsedMs, window: new Aggregates() }, true);
	calm.resumed(0);
	return calm;
}

test("the seconds in which people come back after a kill are no excuse for a fault that loses one", async () => {
	const test = runOf(
		[{ atMs: 5000, effect: { do: "full-reconnect", share: 1 } }],
		{},
		{ calm: calmBefore(0) },
	);
	await test.to(3000, 1, 3);
	await test.to(6000, 4);
	test.settle(0, back(100), ...seats);
	await test.to(15_000, 3);
	expect(test.run.finish()).toMatchObject([
		{ levelOk: false, levelText: "1 participants fewer than before" },
	]);
});

test("who was missing before a kill, or does not come back from it, is not held against a fault", async () => {
	for (const [before, alive] of [
		[1, 3],
		[0, 3],
	] as const) {
		const test = runOf(
			[{ atMs: 9000, effect: { do: "full-reconnect", share: 1 } }],
			{},
			{ calm: calmBefore(before) },
		);
		await test.to(1000, 0, 4);
		await test.to(10_000, alive);
		test.settle(0, back(100), ...seats);
		await test.to(20_000, alive);
		expect(test.run.finish()).toMatchObject([{ levelOk: true }]);
	}
});

test("a fault whose time comes while nobody is back from a kill waits for the first, and for nobody where none comes", async () => {
	const inRoom: number[] = [];
	const faults = [{ atMs: 500, effect: { do: "herd", share: 1, awayMs: 1000 } }] as const;
	// Also where it began with nobody there.
	const test = runOf(faults, {}, { calm: calmBefore(4), inRoom: () => inRoom });
	await test.to(2000, 0, 4);
	expect(test.begun).toEqual([]);
	inRoom.push(0, 1);
	await test.to(3000, 2, 2);
	expect(test.begun).toMatchObject([{ seats: [0, 1] }]);

	const alone = runOf(faults, {}, { calm: calmBefore(0), inRoom: () => [] });
	await alone.to(1000, 0, 4);
	await alone.to(4000, 0);
	expect(alone.begun).toMatchObject([{ seats: [] }]);

	const fresh = runOf(faults, {}, { inRoom: () => [] });
	await fresh.to(1000, 0, 4);
	expect(fresh.begun).toHaveLength(1);
});
