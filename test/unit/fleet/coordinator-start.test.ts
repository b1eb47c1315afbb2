import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { failureOf, fleetRig, run, scenarioYaml } from "./coordinator-rig.js";
import { offerOf } from "./memory-link.js";

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
