import { describe, expect, test } from "vitest";
import {
	begun,
	fleetRig,
	joined,
	left,
	lostAgent,
	reportOf,
	run,
	scenarioYaml,
} from "./coordinator-rig.js";
import { offerOf } from "./memory-link.js";

describe("a run that goes on after its coordinator was killed", () => {
	const resume = {
		...{ fromMs: 20_000, times: 0, heard: { a: 7, b: 9 } },
		before: { takenOver: 2, workersDied: 0, cpuSeconds: 3, maxRssBytes: 100 },
		isAsRead: async () => true,
	};

	test("ends where the one before wrote on after the folder was read, and leaves what is in Redis", async () => {
		const isAsRead = async () => false;
		const { link, crew } = fleetRig({ agents: ["a"], order: { resume: { ...resume, isAsRead } } });
		link.offered = [offerOf("a", { run })];
		await expect(crew.prepare()).rejects.toThrow(/until just now.*went on with its folder/);
		await crew.close();
		expect(link.orders).toEqual([]);
		expect(link.isForgotten).toBe(false);
	});

	test("frees the agents of before, counts what they still tell, then goes on with fresh shards", async () => {
		const rig = fleetRig({ agents: ["a", "b"], order: { resume } });
		const { link, clock, crew, count } = rig;
		link.offered = [offerOf("a", { run }), offerOf("b", { run })];
		const preparing = crew.prepare();
		await clock.advanceTo(clock.nowMs() + 500);
		expect(link.orders.map(({ order }) => order.kind)).toEqual(["release", "release"]);
		expect(link.pulses).toEqual([]);
		link.say("a", reportOf(0, { lives: [begun(3), joined(3), begun(4, 1_000_005_000)] }));
		// They were told to end: with their coordinator, not by a fault of their own.
		link.say("b", reportOf(1, { lives: [joined(5), lostAgent(5)], isLast: true }));
		expect(rig.totals.series("lost").map(({ labels }) => labels)).toEqual([
			{ cause: "tester-killed" },
		]);
		expect([count("begun"), count("joined")]).toEqual([2, 2]);
		await clock.advanceTo(clock.nowMs() + 1_400);
		expect(link.sent("reserve")).toHaveLength(0);
		await rig.whileTimePasses(preparing, 100);
		const startAtMs = clock.nowMs() + crew.startInMs - 20_000;
		crew.start(startAtMs);
		await clock.advanceTo(clock.nowMs() + 100);
		for (const { shard, fromMs } of link.sent("prepare")) {
			expect(shard).toBeGreaterThanOrEqual(10_000);
			expect(fromMs).toBe(20_000);
		}
		expect(crew.soFar).toMatchObject({ takenOver: 3, cpuSeconds: 3 });
		expect(crew.fleet.heard).toMatchObject({ b: expect.any(Number) });

		// Who was in a room is counted as lost by now: what the old shard says of it is no news.
		link.say(
			"a",
			reportOf(0, {
				lives: [left(3)],
				aggregates: { counters: { "packets{direction=sent}": 5 }, distributions: {} },
			}),
		);
		expect(count("left")).toBe(0);
		expect(rig.totals.counter("packets", { direction: "sent" })).toBe(5);
	});
});

describe("a run with churn that goes on after its coordinator was killed", () => {
	test("a life that agents began after the last saved second, and that begins again, is taken over", async () => {
		const fromMs = 20_000;
		const before = { takenOver: 0, workersDied: 0, cpuSeconds: 0, maxRssBytes: 0 };
		const rig = fleetRig({
			...{ yaml: scenarioYaml("life: { stay: 7s }"), agents: ["a"] },
			order: {
				resume: { fromMs, times: 0, heard: { a: 7 }, before, isAsRead: async () => true },
			},
		});
		const { link, clock, crew, plan } = rig;
		const lives = [...plan.eachLife(plan.seats[0] ?? expect.fail("no seat"))];
		const next = lives.find(({ startMs }) => startMs >= fromMs)?.number ?? 0;
		expect(next).toBeGreaterThan(1);
		link.offered = [offerOf("a", { run })];
		const preparing = crew.prepare();
		await clock.advanceTo(clock.nowMs() + 500);
		link.say("a", reportOf(0, { lives: [begun(0, next - 1), joined(0, next - 1)] }));
		expect(crew.soFar.takenOver).toBe(0);
		link.say("a", reportOf(0, { lives: [left(0, next - 1), begun(0, next), joined(0, next)] }));
		expect(crew.soFar.takenOver).toBe(1);
		await rig.whileTimePasses(preparing, 100);
		await rig.whileTimePasses(crew.close());
	});
});
