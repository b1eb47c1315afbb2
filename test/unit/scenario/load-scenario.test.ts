import { expect, test } from "vitest";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

const load = (text: string, fileName = "tests/a.yaml") =>
	loadScenario({ text, fileName, checkThreshold: () => undefined });
const minimal = "name: a\nparticipants: { publishers: 2, subscribers: 4 }\n";

test("the defaults", () => {
	expect(load(minimal)).toEqual({
		name: "a",
		seed: 1,
		rooms: 1,
		participants: [
			{ publishers: 2, subscribers: 4, both: 0, engine: "native", ice: "direct", subscribe: "all" },
		],
		engine: "native",
		ice: "direct",
		audio: { source: "speech", dtx: false },
		speakers: "all",
		media: "audio",
		load: [
			{ kind: "ramp", durationMs: 0, participants: 6 },
			{ kind: "hold", durationMs: 30_000 },
		],
		life: { stay: { kind: "forever" }, rejoinMs: 0 },
		faults: [],
		thresholds: {},
		tls: { insecure: false },
		token: { ttlMs: 600_000 },
		pool: { workers: "auto", participantsPerWorker: "auto", joinsInFlight: 10 },
		timeouts: { connectMs: 25_000, leaveMs: 5000 },
		validity: { lagP99Ms: 100, lateFrameRatio: 0.01, startDelayP99Ms: 1000 },
	});
});

test("a group's own engine, ice and subscribe win over the scenario's", () => {
	const { participants } = load(`name: a
ice: tcp
subscribe: none
participants:
  - { publishers: 2 }
  - { subscribers: 2, ice: relay-udp, subscribe: 1 }
`);
	expect(participants.map(({ ice, subscribe }) => ({ ice, subscribe }))).toEqual([
		{ ice: "tcp", subscribe: 0 },
		{ ice: "relay-udp", subscribe: 1 },
	]);
});

test("a percentage is of all participants in all rooms", () => {
	const scenario = load(
		`${minimal}rooms: 2\nload: [{ ramp: 10s, to: 25% }, { ramp: 1s, to: 0 }]\n`,
	);
	expect(scenario.load).toEqual([
		{ kind: "ramp", durationMs: 10_000, participants: 3 },
		{ kind: "ramp", durationMs: 1000, participants: 0 },
	]);
});

test("arrivals keep their rate as a fraction", () => {
	const scenario = load(`${minimal}load: [{ arrive: 0.5/m, for: 60s }, { hold: 5s }]\n`);
	expect(scenario.load).toEqual([
		{
			kind: "arrive",
			durationMs: 60_000,
			rate: { count: 0.5, perMs: 60_000 },
			spacing: "poisson",
		},
		{ kind: "hold", durationMs: 5000 },
	]);
});

test.each([
	["30s", { kind: "fixed", ms: 30_000 }],
	["{ uniform: [5s, 20s] }", { kind: "uniform", leastMs: 5000, mostMs: 20_000 }],
	["{ exponential: 30s }", { kind: "exponential", meanMs: 30_000 }],
	[
		"{ lognormal: { median: 30s, sigma: 0.5 } }",
		{ kind: "lognormal", medianMs: 30_000, sigma: 0.5 },
	],
])("stay: %s", (text, stay) => {
	expect(load(`${minimal}life: { stay: ${text} }\n`).life.stay).toEqual(stay);
});

test("thresholds, short and long", () => {
	const scenario = load(
		`${minimal}thresholds: { rtp.loss: [p95 < 1%, { expression: mean < 1%, abortOnFail: true }] }\n`,
	);
	expect(scenario.thresholds).toEqual({
		"rtp.loss": [
			{ expression: "p95 < 1%", advisory: false, abortOnFail: false },
			{ expression: "mean < 1%", advisory: false, abortOnFail: true },
		],
	});
});

test("the loss of an agent is counted, unless another one is to take over", () => {
	const onAgentLoss = (text: string) => load(`${minimal}pool: { ${text} }\n`).pool.onAgentLoss;
	expect(onAgentLoss("onAgentLoss: replace")).toBe("replace");
	// Absent, so that a scenario of before there were agents is still the same.
	expect(load(`${minimal}pool: { onAgentLoss: count }\n`)).toEqual(load(minimal));
});

test("a WAV path starts at the scenario's folder", () => {
	expect(load(`${minimal}audio: { source: voice.wav }\n`).audio.source).toBe("tests/voice.wav");
	expect(load(`${minimal}audio: { source: /srv/voice.WAV }\n`).audio.source).toBe("/srv/voice.WAV");
});

test("anchors, a byte order mark and Windows line ends are read", () => {
	const text = "\uFEFFname: a\r\nparticipants:\r\n  - &g { both: 2 }\r\n  - *g\r\n";
	expect(load(text).participants).toHaveLength(2);
});

test("a scenario is plain data: it survives JSON", () => {
	const scenario = load(minimal);
	expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
});
