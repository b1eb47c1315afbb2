import { describe, expect, test } from "vitest";
import {
	begun,
	failureOf,
	fleetRig,
	joined,
	lostAgent,
	reportOf,
	scenarioYaml,
} from "./coordinator-rig.js";
import { offerOf } from "./memory-link.js";

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
