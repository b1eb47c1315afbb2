import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { type Override, parseSet } from "../../../src/scenario/override.js";
import { spread } from "../../../src/scenario/override-participants.js";
import { totalParticipants } from "../../../src/scenario/scenario.js";

const text = `name: a
rooms: 2
participants: { publishers: 3, subscribers: 6 }
load:
  - { ramp: 10s, to: 100% }
  - { hold: 20s }
`;
const load = (overrides: readonly Override[], source = text) =>
	loadScenario({ text: source, fileName: "a.yaml", overrides, checkThreshold: () => undefined });

function messageOf(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		if (error instanceof UserError) return error.message;
		throw error;
	}
	return "no error";
}

describe("--set", () => {
	test("values keep their YAML type, missing mappings are made", () => {
		const scenario = load(
			["load.0.ramp=5s", "rooms=4", "tls.insecure=true", "thresholds.rtp.loss=[mean < 1%]"].map(
				parseSet,
			),
		);
		expect(scenario.load[0]?.durationMs).toBe(5000);
		expect(scenario.rooms).toBe(4);
		expect(scenario.tls.insecure).toBe(true);
		expect(scenario.thresholds["rtp.loss"]?.[0]?.expression).toBe("mean < 1%");
	});

	test("a WAV path from a flag starts at the current folder", () => {
		expect(load([parseSet("audio.source=voice.wav")]).audio.source).toBe("voice.wav");
	});

	test("one use of an anchor changes, the others stay", () => {
		const source = "name: a\nparticipants:\n  - &g { both: 2 }\n  - *g\n";
		const { participants } = load([parseSet("participants.1.both=5")], source);
		expect(participants.map(({ both }) => both)).toEqual([2, 5]);
	});

	test.each([
		[
			"load.0.ramp=5x",
			'--set load.0.ramp: expected a duration such as 500ms, 10s, 5m or 1h30m, got "5x"',
		],
		[
			"load.7.ramp=5s",
			'--set load.7.ramp: load is a list of 2: expected a position from 0 to 2, got "7"',
		],
		["name.x=1", '--set name.x: name is "a" and has no "x"'],
		["rooms.0=1", '--set rooms.0: rooms is 2 and has no "0"'],
		["life.0=1", "--set life.0: life is not a list in the file, so it has no position 0"],
		["a..b=1", "--set a..b: the path has an empty part"],
		["roms=1", '--set roms: unknown key "roms" — did you mean "rooms"?'],
		[
			"life.stay.lognormal.median=5s",
			'--set life.stay.lognormal.median: life.stay.lognormal: missing key "sigma"',
		],
	])("%s", (set, message) => {
		expect(messageOf(() => load([parseSet(set)]))).toBe(message);
	});

	test("__proto__ is an unknown key like any other", () => {
		expect(messageOf(() => load([parseSet("__proto__.polluted=1")]))).toMatch(
			/^--set __proto__.polluted: unknown key "__proto__"/,
		);
		expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
	});

	test.each(["rooms", "=3", "rooms=[1", "rooms=*a"])("%s is refused before it is used", (set) => {
		expect(messageOf(() => parseSet(set))).toMatch(/^--set/);
	});

	test("flags and the file are reported together", () => {
		const overrides = [{ flag: "--seed", path: "seed", value: "x" }];
		expect(
			messageOf(() => load(overrides, `${text}icee: tcp\n`))
				.split("\n")
				.slice(0, 2),
		).toEqual([
			'--seed: expected a whole number, got "x"',
			'a.yaml:7:1: unknown key "icee" — did you mean "ice"?',
		]);
	});
});

describe("--duration", () => {
	const withDuration = (duration: string, source = text) =>
		load([{ flag: "--duration", duration }], source);

	test("scales every step in proportion", () => {
		expect(withDuration("60s").load.map((step) => step.durationMs)).toEqual([20_000, 40_000]);
	});

	test("scales the default load, too", () => {
		const source = "name: a\nparticipants: { both: 2 }\n";
		expect(withDuration("7s", source).load.map((step) => step.durationMs)).toEqual([0, 7000]);
	});

	test("leaves rates of arrival as they are", () => {
		const source =
			"name: a\nparticipants: { both: 2 }\nload: [{ arrive: 1/s, for: 9s }, { hold: 1s }]\n";
		expect(withDuration("20s", source).load).toMatchObject([
			{ durationMs: 18_000, rate: { count: 1, perMs: 1000 } },
			{ durationMs: 2000 },
		]);
	});

	test("the length is exact to the millisecond", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
				fc.integer({ min: 8000, max: 10_000_000 }),
				(stepsMs, wantedMs) => {
					const steps = stepsMs.map((ms) => `  - { ramp: ${ms}ms, to: 100% }\n`).join("");
					const source = `name: a\nparticipants: { both: 2 }\nload:\n${steps}`;
					const scenario = withDuration(`${wantedMs}ms`, source);
					const total = scenario.load.reduce((sum, step) => sum + step.durationMs, 0);
					expect(total).toBe(wantedMs);
				},
			),
		);
	});

	test.each([
		["5", '--duration 5: expected a duration such as 500ms, 10s, 5m or 1h30m, got "5"'],
		["-5s", '--duration -5s: a duration cannot be negative, got "-5s"'],
		["0s", "--duration 0s: a run that lasts 0s measures nothing"],
		["1ms", "--duration 1ms: too short for load.0, which would last less than 1ms"],
	])("%s is refused", (duration, message) => {
		expect(messageOf(() => withDuration(duration))).toBe(message);
	});
});

describe("--participants", () => {
	const withParticipants = (participants: number, source = text) =>
		load([{ flag: "--participants", participants }], source);

	test("is the number in all rooms together, kinds in proportion", () => {
		expect(withParticipants(60).participants).toMatchObject([{ publishers: 10, subscribers: 20 }]);
	});

	test("no kind disappears", () => {
		const source = "name: a\nparticipants:\n  - { publishers: 100 }\n  - { subscribers: 1 }\n";
		expect(withParticipants(10, source).participants).toMatchObject([
			{ publishers: 9 },
			{ subscribers: 1 },
		]);
	});

	test.each([
		[
			7,
			"--participants 7: 7 cannot be spread evenly over 2 rooms; the nearest possible are 6 and 8",
		],
		[
			2,
			"--participants 2: 2 is too few for 2 rooms with 2 kinds of participant each; the least is 4",
		],
		[0, "--participants 0: expected a whole number from 1, got 0"],
		[4.5, "--participants 4.5: expected a whole number from 1, got 4.5"],
	])("%d is refused", (participants, message) => {
		expect(messageOf(() => withParticipants(participants))).toBe(message);
	});

	test("law: exactly that many, or refused; each kind within one of its share", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5 }),
				fc.record({
					publishers: fc.integer({ min: 0, max: 9 }),
					subscribers: fc.integer({ min: 0, max: 9 }),
					both: fc.integer({ min: 1, max: 9 }),
				}),
				fc.integer({ min: 3, max: 400 }),
				(rooms, group, perRoom) => {
					const source = `name: a\nrooms: ${rooms}\nparticipants: ${JSON.stringify(group)}\n`;
					const scenario = withParticipants(rooms * perRoom, source);
					expect(totalParticipants(scenario)).toBe(rooms * perRoom);
				},
			),
		);
	});

	test("law: apportionment is exact, positive and within one of the quota where no part is tiny", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }),
				fc.integer({ min: 300, max: 100_000 }),
				(weights, total) => {
					const sum = weights.reduce((a, b) => a + b, 0);
					const parts = spread(total, weights);
					expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
					for (const [i, part] of parts.entries()) {
						expect(part).toBeGreaterThanOrEqual(1);
						expect(Math.abs(part - (total * (weights[i] ?? 0)) / sum)).toBeLessThan(1);
					}
				},
			),
		);
	});
});
