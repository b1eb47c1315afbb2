import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { seatsOf } from "../../../src/plan/seats.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

const load = (rest: string) =>
	loadScenario({
		text: `name: a\n${rest}`,
		fileName: "a.yaml",
		checkThreshold: () => undefined,
	});
const two = "participants: { publishers: 1, subscribers: 1 }\n";
const dataOf = (rest: string) => load(two + rest).participants[0]?.data;

test("rate, size and reliability; the last two have defaults", () => {
	expect(dataOf("data: { rate: 10/s }")).toEqual({ rateHz: 10, bytes: 200, reliable: false });
	expect(dataOf("data: { rate: 90/m, size: 1kB, reliable: true }")).toEqual({
		...{ rateHz: 1.5, bytes: 1000, reliable: true },
	});
	expect(dataOf("data: none")).toBeUndefined();
	expect(dataOf("")).toBeUndefined();
});

test.each([
	["24B", 24],
	["1.5kB", 1500],
	["15KiB", 15_360],
	["15360B", 15_360],
])("size %s is %i bytes", (size, bytes) => {
	expect(dataOf(`data: { rate: 1/s, size: ${size} }`)?.bytes).toBe(bytes);
});

describe("is refused", () => {
	test.each([
		["a size over LiveKit's limit", "15361B", /24B to 15360B, LiveKit's limit/],
		["one over it in other units", "16kB", /got "16kB"/],
		["one too small for number and time", "23B", /24B to 15360B/],
		["a number without a unit", "200", /such as 200B/],
		["part of a byte", "100.5B", /got "100.5B"/],
	])("%s", (_what, size, words) => {
		expect(() => dataOf(`data: { rate: 1/s, size: ${size} }`)).toThrow(words);
	});

	test.each([
		["a rate beyond the worker's clock", "data: { rate: 1001/s }", /at most 1000\/s/],
		["a rate of nothing", "data: { rate: 0/s }", /rate above zero/],
		["no rate", "data: { size: 200B }", /missing key "rate"/],
		["a mistyped key", "data: { rate: 1/s, reliabel: true }", /did you mean "reliable"/],
		["a word", "data: all", /none, or \{rate: 10\/s/],
		["signalling only", "media: none\ndata: { rate: 1/s }", /data is impossible with media: none/],
		["a metric of data that nobody sends", "thresholds: { data.loss: [max < 1%] }", /add data:/],
	])("%s", (_what, rest, words) => {
		expect(() => dataOf(rest)).toThrow(UserError);
		expect(() => dataOf(rest)).toThrow(words);
	});

	test("data of a group that nobody of publishes, and of a scenario likewise", () => {
		const group =
			"participants:\n  - { publishers: 1 }\n  - { subscribers: 1, data: { rate: 1/s } }";
		expect(() => load(group)).toThrow(/a\.yaml:4:.*participants\.1\.data: nobody publishes/);
		const all = "participants: { subscribers: 1 }\nsubscribe: none\ndata: { rate: 1/s }";
		expect(() => load(all)).toThrow(/a\.yaml:4:.*data: nobody publishes/);
	});
});

test("metrics of data are thresholds where data is sent, also by one group alone", () => {
	const thresholds = "\nthresholds: { data.latency: [p95 < 1s] }";
	expect(load(`${two}data: { rate: 1/s }${thresholds}`).thresholds).toHaveProperty([
		"data.latency",
	]);
	const group = "participants: { publishers: 1, subscribers: 1, data: { rate: 1/s } }";
	expect(load(group + thresholds).thresholds).toHaveProperty(["data.latency"]);
});

test("a group's own data wins, none takes it back; seats send if they publish, and count if they listen", () => {
	const scenario = load(`data: { rate: 10/s }
participants:
  - { publishers: 1, subscribers: 1 }
  - { both: 1, data: { rate: 1/s } }
  - { both: 1, data: none }
`);
	const seats = seatsOf(scenario).map(({ role, data, hearsData }) => [
		role,
		data?.rateHz,
		hearsData,
	]);
	expect(seats).toEqual([
		["publisher", 10, undefined],
		["both", 1, true],
		["both", undefined, true],
		["subscriber", undefined, true],
	]);
	const without = seatsOf(load(two)).flatMap((seat) => Object.keys(seat));
	expect(without).not.toContain("data");
	expect(without).not.toContain("hearsData");
});
