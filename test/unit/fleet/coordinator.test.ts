import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
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

async function failureOf(waiting: Promise<unknown>): Promise<Error> {
	const error: unknown = await waiting.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error instanceof Error) return error;
	throw new Error("expected a failure");
}

describe("the start", () => {
	test("every seat goes to one agent, the scenario as a file, tokens before the start, one time for all", async () => {
		const { crew, link, plan, started } = fleetRig();
		const startAtMs = await started();
		const prepared = link.sent("prepare");
		expect(prepared).toHaveLength(3);
		expect(prepared.flatMap(({ seats }) => seats).sort((a, b) => a - b)).toEqual(
			plan.seats.map(({ index }) => index),
		);
		for (const { scenario } of prepared)
			expect(() =>
				loadScenario({ text: scenario, fileName: "x.yaml", checkThreshold: () => undefined }),
			).not.toThrow();
		// The link's clock says that Redis is 5 s ahead.
		expect(link.sent("start").map((order) => order.startAtMs)).toEqual(
			Array.from({ length: 3 }, () => startAtMs + 5_000),
		);
		for (const agent of ["a", "b", "c"]) {
			const kinds = link.orders.filter((one) => one.agent === agent).map(({ order }) => order.kind);
			expect(kinds).toEqual(["reserve", "prepare", "tokens", "start"]);
			const seats = link.sent("prepare", agent)[0]?.seats ?? [];
			const identities = Object.keys(link.sent("tokens", agent)[0]?.tokens ?? {});
			expect(identities.sort()).toEqual(seats.map((seat) => `livesoak-59015b-p${seat}-0`).sort());
		}
		expect(crew.fleet.agents.map(({ name, seats }) => [name, seats])).toEqual([
			["a", 4],
			["b", 4],
			["c", 4],
		]);
		await crew.close();
	});

	test("no secret is in any order", async () => {
		const turn = {
			...{ kind: "rest" as const, uris: ["turn:127.0.0.1:3478?transport=udp"] },
			secret: "turn-secret-that-nobody-may-see",
		};
		const connection = {
			url: "ws://127.0.0.1:7880",
			tokens: { kind: "minted" as const, apiKey: "key", apiSecret: "api-secret-nobody-may-see" },
			turn,
		};
		const { crew, link, started } = fleetRig({
			yaml: scenarioYaml("ice: relay-udp"),
			order: { connection },
		});
		await started();
		expect(JSON.stringify(link.orders)).not.toMatch(/nobody-may-see/);
		const [first] = link.sent("prepare");
		expect(first?.turn?.username).toMatch(/^\d+:a$/);
		await crew.close();
	});

	test("an agent of another version is refused with both versions named, and the error says who was there", async () => {
		const rig = fleetRig({ agents: ["a", "b"] });
		rig.link.offered = [offerOf("a"), offerOf("web-3", { livesoakVersion: "0.9.0" })];
		const error = await failureOf(rig.whileTimePasses(rig.crew.prepare()));
		expect(error).toBeInstanceOf(UserError);
		expect(error.message).toBe(
			"1 of 2 agents were there within 10 s (a); web-3 runs livesoak 0.9.0, and this is 1.0.0.",
		);
		expect(rig.lines).toEqual(["agents: 1 of 2: a; web-3 runs livesoak 0.9.0, and this is 1.0.0"]);
		expect(rig.events).toMatchObject([{ kind: "agent-refused", agent: "web-3" }]);
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link.sent("release", "a")).toHaveLength(1);
		expect(rig.link).toMatchObject({ isForgotten: true, isClosed: true });
	});

	test("one that is of another run, or has not the label, is not asked", async () => {
		const rig = fleetRig({ agents: ["a"], order: { labels: { region: "eu" } } });
		rig.link.offered = [
			offerOf("a", { labels: { region: "us" } }),
			offerOf("b", { labels: { region: "eu" }, run: "another" }),
		];
		const error = await failureOf(rig.whileTimePasses(rig.crew.prepare()));
		expect(error.message).toContain("a has no label region=eu; b is taken by another run");
		expect(rig.link.orders).toEqual([]);
	});

	test("stopped while it waits: everybody is given back", async () => {
		const rig = fleetRig({ agents: ["a"], order: { agents: 2 } });
		const preparing = failureOf(rig.crew.prepare());
		await rig.clock.advanceTo(rig.clock.nowMs() + 1_000);
		expect(rig.link.sent("reserve")).toHaveLength(1);
		rig.stop.abort();
		expect((await preparing).message).toContain("stopped");
		rig.crew.kill();
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link.sent("release", "a")).toHaveLength(1);
	});

	test("another coordinator of the same run: this one does not begin, and leaves alone what is the other's", async () => {
		const rig = fleetRig();
		rig.link.isLed = false;
		expect((await failureOf(rig.crew.prepare())).message).toContain("Another livesoak leads");
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link).toMatchObject({ orders: [], pulses: [], isForgotten: false, isClosed: true });
	});

	test("another coordinator has taken the run over: this one ends, and says nothing more to anybody", async () => {
		const rig = fleetRig();
		await rig.started();
		const lost = failureOf(rig.crew.finished);
		const [orders, pulses] = [rig.link.orders.length, rig.link.pulses.length];
		rig.link.pulse = async () => {
			throw new Error("taken over");
		};
		rig.link.isLed = false;
		expect((await rig.whileTimePasses(lost)).message).toContain("has taken over");
		rig.crew.stop();
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link.orders).toHaveLength(orders);
		expect(rig.link.pulses).toHaveLength(pulses);
		expect(rig.link).toMatchObject({ isForgotten: false, isClosed: true });
	});

	test("an agent that cannot do it is told by its name", async () => {
		const rig = fleetRig({ agents: ["a"] });
		const { onOrder } = rig.link;
		rig.link.onOrder = (agent, order) => {
			if (order.kind !== "prepare") return onOrder(agent, order);
			const { shard } = order;
			const message = "ws://127.0.0.1:7880 is not on its list";
			queueMicrotask(() =>
				rig.link.say(agent, { kind: "failed", run, shard, message, exitCode: 2 }),
			);
		};
		const error = await failureOf(rig.whileTimePasses(rig.crew.prepare()));
		expect(error.message).toBe("agent a: ws://127.0.0.1:7880 is not on its list");
	});

	test("less capacity than the plan needs is said, and refuses nothing", async () => {
		const rig = fleetRig({ agents: ["a"] });
		rig.link.offered = [offerOf("a", { capacity: { lite: 6, native: 0 } })];
		await rig.started();
		expect(rig.lines.join()).toContain(
			"200 % of what the agents offer to hold: 12 lite (6 offered)",
		);
		expect(rig.events).toContainEqual(
			expect.objectContaining({ kind: "capacity-short", engine: "lite", needed: 12, offered: 6 }),
		);
	});
});

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

describe("an agent is lost", () => {
	async function lostAfterSilence(onAgentLoss: "count" | "replace") {
		const rig = fleetRig({ yaml: scenarioYaml(`pool: { onAgentLoss: ${onAgentLoss} }`) });
		const startAtMs = await rig.started();
		const seatsOf = (agent: string) => rig.link.sent("prepare", agent)[0]?.seats ?? [];
		const [one = -1, two = -1, three = -1] = seatsOf("a");
		rig.link.say("a", reportOf(0, { lives: [begun(one), joined(one), begun(two)] }));
		for (let ms = 1_000; ms <= 19_000; ms += 1_000) {
			await rig.clock.advanceTo(startAtMs + ms);
			rig.link.say("b", reportOf(1));
			rig.link.say("c", reportOf(2));
		}
		return { ...rig, startAtMs, seatsOf, one, two, three };
	}

	test("its participants are counted lost with the cause; what it says of them later counts no second time", async () => {
		const { link, events, totals, count, crew, one, two, three } = await lostAfterSilence("count");
		expect(events).toContainEqual(
			expect.objectContaining({ kind: "agent-lost", agent: "a", participantsLost: 2 }),
		);
		const lost = events.find(({ kind }) => kind === "agent-lost");
		expect(lost).toMatchObject({ silentMs: expect.closeTo(19_000, -4) });
		expect(totals.counter("lost", { cause: "agent-lost" })).toBe(1);
		expect(totals.counter("failures", { cause: "agent-lost" })).toBe(1);
		// It was cut off, went on for its lease, and tells of it now.
		link.say(
			"a",
			reportOf(0, {
				lives: [
					joined(two),
					lostAgent(one),
					lostAgent(two),
					begun(three),
					joined(three),
					lostAgent(three),
				],
				aggregates: { counters: { "packets{direction=sent}": 5 }, distributions: {} },
				isLast: true,
			}),
		);
		expect(totals.counter("packets", { direction: "sent" })).toBe(5);
		expect([count("begun"), count("joined"), count("lost"), count("failed")]).toEqual([3, 2, 2, 1]);
		expect(crew.fleet).toMatchObject({ lost: 1 });
		expect(crew.fleet.views[0]).toMatchObject({ name: "a", isUp: false, alive: 0 });
		expect(link.sent("release", "a")).toHaveLength(1);
	});

	test("the rest goes on to its end", async () => {
		const { link, clock, crew, startAtMs } = await lostAfterSilence("count");
		await clock.advanceTo(startAtMs + 30_000);
		for (const [agent, shard] of [["b", 1] as const, ["c", 2] as const])
			link.say(agent, reportOf(shard, { isLast: true, atMs: startAtMs + 65_000 }));
		await crew.finished;
	});

	test("replace: those with room live its seats from a moment later on", async () => {
		const { link, clock, events, replaced, startAtMs, seatsOf, crew } =
			await lostAfterSilence("replace");
		await clock.advanceTo(startAtMs + 20_100);
		const again = link.sent("prepare").slice(3);
		expect(again.flatMap(({ seats }) => seats).sort((a, b) => a - b)).toEqual(
			[...seatsOf("a")].sort((a, b) => a - b),
		);
		for (const { fromMs } of again) expect(fromMs).toBeGreaterThan(19_000);
		expect(link.sent("start").slice(3)).toHaveLength(again.length);
		expect([...replaced].sort((a, b) => a - b)).toEqual([...seatsOf("a")].sort((a, b) => a - b));
		expect(events).toContainEqual(expect.objectContaining({ kind: "agent-replaced", lost: "a" }));
		const [first] = again;
		const [seat = -1] = first?.seats ?? [];
		const agent = link.orders.find(({ order }) => order === first)?.agent ?? "";
		const number = 1_000_000_000 + Math.floor(first?.fromMs ?? 0);
		link.say(agent, reportOf(first?.shard ?? -1, { lives: [begun(seat, number)] }));
		expect(crew.soFar.takenOver).toBe(1);
	});

	test("replace: where nobody has room, one that comes late", async () => {
		const rig = fleetRig({
			yaml: scenarioYaml("pool: { onAgentLoss: replace }"),
			agents: ["a", "b"],
		});
		rig.link.offered = ["a", "b"].map((agent) =>
			offerOf(agent, { capacity: { lite: 6, native: 0 } }),
		);
		const startAtMs = await rig.started();
		for (let ms = 1_000; ms <= 22_000; ms += 1_000) {
			await rig.clock.advanceTo(startAtMs + ms);
			rig.link.say("b", reportOf(1));
		}
		expect(rig.link.sent("prepare")).toHaveLength(2);
		expect(rig.events.at(-1)).toMatchObject({ kind: "capacity-short", needed: 6, offered: 0 });
		rig.link.offered = [...rig.link.offered, offerOf("late")];
		await rig.clock.advanceTo(startAtMs + 25_000);
		expect(rig.link.sent("prepare", "late")).toHaveLength(1);
		expect(rig.link.sent("tokens", "late")).toHaveLength(1);
		expect(rig.events).toContainEqual(
			expect.objectContaining({ kind: "agent-joined", agent: "late", isLate: true }),
		);
	});

	test("it gave up by itself: its own lease was over", async () => {
		const { link, clock, events, started, count } = fleetRig();
		const startAtMs = await started();
		const [seat = -1] = link.sent("prepare", "a")[0]?.seats ?? [];
		link.say("a", reportOf(0, { lives: [begun(seat), joined(seat)] }));
		await clock.advanceTo(startAtMs + 10_000);
		link.say(
			"a",
			reportOf(0, { lives: [lostAgent(seat)], isLast: true, atMs: startAtMs + 15_000 }),
		);
		expect(events.at(-1)).toMatchObject({ kind: "agent-lost", agent: "a", participantsLost: 1 });
		expect([count("joined"), count("lost")]).toEqual([1, 1]);
	});

	test("all of them: the run cannot go on", async () => {
		const { crew, clock, started } = fleetRig();
		const startAtMs = await started();
		const failing = failureOf(crew.finished);
		await clock.advanceTo(startAtMs + 30_000);
		expect((await failing).message).toBe("all agents were lost");
	});
});

describe("a run that goes on after its coordinator was killed", () => {
	const resume = {
		...{ fromMs: 20_000, times: 0, heard: { a: 7, b: 9 } },
		before: { takenOver: 2, workersDied: 0, cpuSeconds: 3, maxRssBytes: 100 },
	};

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
			order: { resume: { fromMs, times: 0, heard: { a: 7 }, before } },
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
