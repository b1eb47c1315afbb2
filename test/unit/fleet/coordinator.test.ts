import { describe, expect, test } from "vitest";
import { begun, fleetRig, joined, left, reportOf } from "./coordinator-rig.js";

describe("the run", () => {
	test("lives, figures and events are counted once and by this machine's clock, to the end", async () => {
		const { crew, link, clock, events, count, started } = fleetRig({ agents: ["a"] });
		const startAtMs = await started();
		const atMs = startAtMs + 5_000 + 1_000;
		link.say(
			"a",
			reportOf(0, {
				lives: [begun(0), joined(0)],
				events: [{ kind: "life-joined", atMs, seat: 0, life: 0, connectMs: 12 }],
				workers: [{ worker: 1, pid: 7, alive: 1, joining: 0, cpu: 0.1, rssBytes: 10, lagP99Ms: 1 }],
			}),
		);
		expect(events.at(-1)).toMatchObject({ kind: "life-joined", atMs: startAtMs + 1_000 });
		expect(crew.workers).toMatchObject([{ agent: "a", pid: 7 }]);
		expect(crew.people.joinedSeats).toEqual([0]);
		expect(crew.fleet.views).toMatchObject([{ name: "a", isUp: true, alive: 1 }]);
		for (let ms = 2_000; ms <= 60_000; ms += 2_000) {
			await clock.advanceTo(startAtMs + ms);
			link.say("a", reportOf(0));
		}
		link.say("a", reportOf(0, { lives: [left(0)], isLast: true, atMs: clock.nowMs() + 5_000 }));
		await crew.finished;
		expect([count("begun"), count("joined"), count("left")]).toEqual([1, 1, 1]);
	});

	test("what was heard is told to agents only when a later view says that it is on the disk", async () => {
		const { crew, link, clock, started } = fleetRig({ agents: ["a"] });
		await started();
		link.say("a", reportOf(0));
		const pulsed = async () => {
			await clock.advanceTo(clock.nowMs() + 1_000);
			return link.pulses.at(-1)?.heard;
		};
		expect(crew.fleet.heard).toEqual({ a: 3 });
		expect(await pulsed()).toEqual({});
		crew.watch();
		expect(await pulsed()).toEqual({});
		crew.watch();
		expect(await pulsed()).toEqual({ a: 3 });
		const times = link.pulses.map(({ atMs }) => atMs);
		expect(new Set(times).size).toBe(times.length);
	});

	test("tokens that are asked for are made for own seats alone", async () => {
		const { link, clock, started } = fleetRig();
		await started();
		const own = link.sent("prepare", "a")[0]?.seats[0] ?? -1;
		const other = link.sent("prepare", "b")[0]?.seats[0] ?? -1;
		const tokensWanted = [own, other].map((seat) => `livesoak-59015b-p${seat}-1000000123`);
		link.say("a", reportOf(0, { tokensWanted }));
		await clock.advanceTo(clock.nowMs() + 10);
		const given = link.sent("tokens", "a").at(-1)?.tokens ?? {};
		expect(Object.keys(given)).toEqual([tokensWanted[0]]);
	});

	test("a stop reaches everybody also where Redis was away for a moment", async () => {
		const { crew, link, clock, started } = fleetRig();
		await started();
		link.isDown = true;
		crew.stop();
		await clock.advanceTo(clock.nowMs() + 2_000);
		expect(link.sent("stop")).toHaveLength(0);
		link.isDown = false;
		await clock.advanceTo(clock.nowMs() + 2_000);
		expect(link.sent("stop")).toHaveLength(3);
	});
});

describe("faults of the scenario", () => {
	test("reach the agents that live the seats, by Redis's clock", async () => {
		const { crew, link, clock, started } = fleetRig();
		await started();
		const seats = link.sent("prepare", "b")[0]?.seats ?? [];
		const beganAtMs = clock.nowMs();
		crew.people.beginFault({ number: 1, beganAtMs, withinMs: 1_000, seats, blow: "signal-drop" });
		crew.people.endFault(1, beganAtMs + 10);
		await clock.advanceTo(beganAtMs + 20);
		expect(link.sent("fault-began")).toEqual([
			expect.objectContaining({
				shard: 1,
				watch: expect.objectContaining({ beganAtMs: beganAtMs + 5_000, seats }),
			}),
		]);
		expect(link.sent("fault-ended")).toHaveLength(3);
	});

	test("kill-worker takes one worker of one agent, and knows whom it takes along", async () => {
		const { crew, link, clock, started } = fleetRig({ agents: ["a"] });
		await started();
		expect(crew.people.victim(0)).toBeUndefined();
		const seats = link.sent("prepare")[0]?.seats ?? [];
		link.say("a", reportOf(0, { lives: seats.flatMap((seat) => [begun(seat), joined(seat)]) }));
		const victims = [0, 1].map((wish) => crew.people.victim(wish));
		expect(victims.flatMap((victim) => victim?.seats ?? []).sort((a, b) => a - b)).toEqual(seats);
		victims[1]?.kill();
		await clock.advanceTo(clock.nowMs() + 10);
		expect(link.sent("kill-worker")).toMatchObject([{ shard: 0, worker: 1 }]);
	});
});
