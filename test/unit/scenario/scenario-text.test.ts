import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { UserError } from "../../../src/error/user-error.js";
import type { Fault } from "../../../src/scenario/fault.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import type { Scenario } from "../../../src/scenario/scenario.js";
import { scenarioText } from "../../../src/scenario/scenario-text.js";
import { scenarioWith } from "../plan/arbitrary-scenario.js";
import { arbitraryFile } from "./arbitrary-file.js";

const load = (text: string): Scenario =>
	loadScenario({ text, fileName: "scenario.yaml", checkThreshold: () => undefined });

/** Undefined: not a scenario. */
function loaded(text: string): Scenario | undefined {
	try {
		return load(text);
	} catch (error) {
		if (error instanceof UserError) return undefined;
		throw error;
	}
}

test("whatever a file says comes back as the same scenario", () => {
	const seen = { right: 0, wrong: 0 };
	fc.assert(
		fc.property(arbitraryFile, (file) => {
			const scenario = loaded(stringify(file));
			seen[scenario ? "right" : "wrong"] += 1;
			if (scenario) expect(load(scenarioText(scenario))).toEqual(scenario);
		}),
	);
	expect(seen.right).toBeGreaterThan(seen.wrong);
});

const scenarios = new URL("../../../scenarios/", import.meta.url);

test.each(readdirSync(scenarios))("scenarios/%s", (file) => {
	const scenario = load(readFileSync(new URL(file, scenarios), "utf8"));
	expect(load(scenarioText(scenario))).toEqual(scenario);
});

describe("shares and rates come back to the last bit", () => {
	const read = (ratio: string, rate: string) =>
		load(
			`name: a\nparticipants: { both: 2 }\ndata: { rate: ${rate} }\nvalidity: { lateFrames: ${ratio} }`,
		);

	test.each([
		["7%", "7/s"],
		["0.1%", "1.1/s"],
		["0.000000000000000001%", "100/h"],
		["33.333333333333336%", "0.0000001/h"],
		["99.99999999999999%", "59.99999999999999/m"],
		["0%", "1000/s"],
		["100%", "60000/m"],
	])("%s, %s", (ratio, rate) => {
		const scenario = read(ratio, rate);
		expect(load(scenarioText(scenario))).toEqual(scenario);
	});

	test("and stay what people wrote where that is possible", () => {
		const text = scenarioText(read("7%", "90/m"));
		expect(text).toContain("lateFrames: 7%");
		expect(text).toContain("rate: 1.5/s");
	});
});

test("data of a group that cannot send is the scenario's", () => {
	const scenario = load(`name: a
data: { rate: 10/s }
participants:
  - { publishers: 1 }
  - { both: 1, data: { rate: 1/s } }
  - { both: 1, data: none }
  - { subscribers: 4 }
`);
	expect(load(scenarioText(scenario))).toEqual(scenario);
});

const restart: Fault = {
	when: { kind: "at", atMs: 0.5 },
	effect: { do: "restart-server", how: "crash" },
	withinMs: 1000,
};

test.each<[string, Partial<Scenario>, RegExp]>([
	["part of a millisecond", { token: { ttlMs: 1000.25 } }, /1000\.25 ms: it must be whole/],
	["a time below 0", { timeouts: { connectMs: -1, leaveMs: 1 } }, /-1 ms/],
	["no number", { life: { stay: { kind: "forever" }, rejoinMs: Number.NaN } }, /NaN ms/],
	["an odd time of a fault", { faults: [restart] }, /0\.5 ms/],
	[
		"a share between two percentages",
		{ validity: { lagP99Ms: 1, lateFrameRatio: 0.7616070803593704, startDelayP99Ms: 1 } },
		/no percentage .* is 0\.7616070803593704/,
	],
	[
		"another unit of time",
		{
			load: [{ kind: "arrive", durationMs: 1, rate: { count: 1, perMs: 7 }, spacing: "even" }],
		},
		/1 in 7 ms/,
	],
	["a path with detours", { audio: { source: "./a/../b.wav", dtx: false } }, /read as b\.wav/],
])("%s is refused, not rounded", (_, parts, words) => {
	expect(() => scenarioText(scenarioWith(parts))).toThrow(RangeError);
	expect(() => scenarioText(scenarioWith(parts))).toThrow(words);
});
