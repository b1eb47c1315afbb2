import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { expectedGrowth, streamsIn } from "../../../src/capacity/expected-growth.js";
import type { CapacityFlags } from "../../../src/cli/capacity.js";
import { capacityNumbers } from "../../../src/cli/capacity-numbers.js";
import { planCapacity } from "../../../src/cli/capacity-plan.js";

const folder = mkdtempSync(join(tmpdir(), "livesoak-test-capacity-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base: CapacityFlags = {
	...{
		scenario: join(folder, "s.yaml"),
		vary: "participants",
		out: "x",
		json: false,
		quiet: false,
	},
	...{
		resolution: "10%",
		repeats: "3",
		maxParticipants: "200",
		maxSteps: "30",
		maxDuration: "30m",
	},
};

const scenario = `
name: s
rooms: 2
participants: { publishers: 1, subscribers: 4 }
engine: lite
load: [{ ramp: 2s, to: 100% }, { hold: 10s }]
thresholds: { rtp.loss: ["mean < 1%"] }
`;

function planned(own: Partial<CapacityFlags> = {}, yaml = scenario) {
	writeFileSync(base.scenario, yaml);
	const flags = { ...base, ...own };
	return planCapacity(flags, capacityNumbers(flags));
}

describe("a flag that is wrong is named", () => {
	test.each([
		[{ repeats: "2" }, "--repeats 2"],
		[{ repeats: "0" }, "--repeats 0"],
		[{ resolution: "10" }, "--resolution 10"],
		[{ resolution: "100%" }, "--resolution 100%"],
		[{ maxSteps: "many" }, "--max-steps many"],
		[{ maxDuration: "0s" }, "--max-duration 0s"],
		[{ hold: "15" }, "--hold 15"],
		[{ joinRate: "20" }, "--join-rate 20"],
		[{ serverCores: "0" }, "--server-cores 0"],
		[{ extrapolateCores: "-1" }, "--extrapolate-cores -1"],
		[{ start: "1.5" }, "--start 1.5"],
		[{ participants: "20" }, "--participants"],
		[{ duration: "20s" }, "--duration"],
		[{ json: true, quiet: true }, "--json"],
	] satisfies [Partial<CapacityFlags>, string][])("%o", (own, message) => {
		expect(() => capacityNumbers({ ...base, ...own })).toThrow(message);
	});
});

describe("what is varied", () => {
	test("participants: kinds in proportion, the same in each room", async () => {
		const { rules, runOf } = await planned();
		expect(rules).toMatchObject({ least: 4, grid: 2, start: 10, most: 200 });
		expect(runOf(40).scenario.participants[0]).toMatchObject({ publishers: 4, subscribers: 16 });
		expect(runOf(40).plan.seats).toHaveLength(40);
	});

	test("rooms: each as the scenario has it", async () => {
		const { rules, runOf } = await planned({ vary: "rooms" });
		expect(rules).toMatchObject({ least: 1, grid: 1, start: 2, most: 40 });
		expect(runOf(7).scenario.rooms).toBe(7);
		expect(runOf(7).plan.seats).toHaveLength(35);
	});

	test("publishers of each room, all else as it is", async () => {
		const { rules, runOf } = await planned({ vary: "publishers" });
		expect(rules).toMatchObject({ least: 1, start: 1, most: 96 });
		expect(runOf(6).scenario.participants[0]).toMatchObject({ publishers: 6, subscribers: 4 });
	});

	test("publishers of the one group that has some, in a list of groups", async () => {
		const list = scenario.replace(
			/^participants.*$/m,
			"participants: [{ subscribers: 3 }, { publishers: 2 }]",
		);
		const { runOf } = await planned({ vary: "publishers" }, list);
		expect(runOf(5).scenario.participants.map(({ publishers }) => publishers)).toEqual([0, 5]);
		const one = scenario.replace(/^participants.*$/m, "participants: [{ publishers: 2 }]");
		const lone = await planned({ vary: "publishers" }, one);
		expect(lone.runOf(5).scenario.participants[0]?.publishers).toBe(5);
	});
});

test.each([
	["participants", "quadratic"],
	["rooms", "linear"],
	["publishers", "linear"],
] as const)("more %s make the server's work %s", async (vary, growth) => {
	const { runOf, rules } = await planned({ vary });
	const sizes = [rules.least, Math.floor(rules.most / 4) * 2, rules.most];
	const [small = [], middle = [], large = []] = sizes.map((count) => runOf(count).plan.seats);
	expect(expectedGrowth(small, middle, large)).toBe(growth);
});

test("streams are counted by room, by what is subscribed to, and never one's own", async () => {
	const { runOf } = await planned();
	// Two rooms of one publisher and four listeners.
	expect(streamsIn(runOf(10).plan.seats)).toBe(8);
	const meeting = scenario.replace("publishers: 1, subscribers: 4", "both: 4, subscribe: 2");
	expect(streamsIn((await planned({}, meeting)).runOf(8).plan.seats)).toBe(16);
});

test("there are no fewer than the tracks that each listener subscribes to ask for", async () => {
	const meeting = scenario.replace("publishers: 1, subscribers: 4", "both: 4, subscribe: 2");
	expect((await planned({}, meeting)).rules).toMatchObject({ least: 6, start: 8 });
});

test("a larger run takes longer to fill and presses no harder", async () => {
	const { runOf } = await planned();
	expect(runOf(10)).toMatchObject({ heldFromMs: 2_000, plan: { durationMs: 12_000 } });
	expect(runOf(100)).toMatchObject({ heldFromMs: 20_000, plan: { durationMs: 30_000 } });
	const faster = await planned({ joinRate: "50/s", hold: "5s" });
	expect(faster.runOf(100)).toMatchObject({ heldFromMs: 2_000, plan: { durationMs: 7_000 } });
});

describe("a scenario that cannot be searched with is told so", () => {
	test.each([
		["without thresholds", scenario.replace(/^thresholds.*$/m, ""), "no thresholds"],
		[
			"with advisory ones alone",
			scenario.replace(/\["mean < 1%"\]/, '[{ expression: "mean < 1%", advisory: true }]'),
			"no thresholds",
		],
		[
			"with arrivals",
			scenario.replace(/^load.*$/m, "load: [{ arrive: 1/s, for: 5s }]"),
			"one ramp",
		],
		["with half a ramp", scenario.replace("100%", "50%"), "one ramp"],
		[
			"whose pool is too small",
			`${scenario}\npool: { workers: 1, participantsPerWorker: 50 }`,
			"pool",
		],
	])("%s", async (_, yaml, message) => {
		await expect(planned({}, yaml)).rejects.toThrow(message);
	});

	test("without publishers to vary", async () => {
		const both = scenario.replace("publishers: 1, subscribers: 4", "both: 4");
		await expect(planned({ vary: "publishers" }, both)).rejects.toThrow("no publishers");
	});

	test.each([
		[{ maxParticipants: "3" }, "fewer than the least"],
		[{ start: "500" }, "4 to 200"],
	] satisfies [Partial<CapacityFlags>, string][])(
		"in bounds that do not fit: %o",
		async (own, message) => {
			await expect(planned(own)).rejects.toThrow(message);
		},
	);
});
