import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBaseline, type StoredRounds, writeBaseline } from "../../../src/gate/baseline-file.js";
import { chooseFigures } from "../../../src/gate/choose-figures.js";
import { fingerprint } from "../../../src/gate/machine.js";
import { scenarioHash } from "../../../src/gate/scenario-hash.js";
import { isSameSide, readSide } from "../../../src/gate/side-text.js";
import { checkStored } from "../../../src/gate/stored-check.js";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-test-gate-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const machine = { cpu: "Some CPU", cores: 2, memoryBytes: 8 * 2 ** 30, os: "Linux" };
const facts = {
	...{ scenario: "short", scenarioHash: "0123456789abcdef", seed: 1, livesoakVersion: "0.1.0" },
	machine: fingerprint(machine),
};
const rounds = [1, 2].map((pair) => {
	return { pair, startedAt: "2026-01-01T00:00:00Z", participants: 5, values: { "rtp.rtt p50": 2 } };
});
const stored: StoredRounds = { ...facts, rounds };

describe("a baseline file", () => {
	test("comes back as it was written", async () => {
		const path = join(folder, "good.json");
		await writeBaseline(path, stored, "2026-01-01T00:00:00Z");
		expect(await readBaseline(path, "--baseline")).toMatchObject(stored);
	});

	test.each([
		["is no JSON", "{", "is not JSON"],
		["is something else", "{}", "is no baseline"],
		["is of another schema", '{"kind":"livesoak-baseline","schema":7}', "a baseline of schema 7"],
	])("that %s is refused by name", async (_what, text, words) => {
		const path = join(folder, "bad.json");
		await writeFile(path, text);
		await expect(readBaseline(path, "--baseline")).rejects.toThrow(`--baseline ${path}`);
		await expect(readBaseline(path, "--baseline")).rejects.toThrow(words);
	});

	test("cannot be written where there is no folder", async () => {
		const path = join(folder, "nowhere", "b.json");
		await expect(writeBaseline(path, stored, "")).rejects.toThrow("--update-baseline");
	});
});

describe("stored rounds are refused", () => {
	test.each<[string, Partial<StoredRounds>, string]>([
		["of another scenario", { scenario: "long", scenarioHash: "ff" }, "of the scenario long"],
		["of another form of it", { scenarioHash: "ff" }, "another form of the scenario short"],
		["of another seed", { seed: 2 }, "of the seed 2, not of 1"],
		[
			"of another machine",
			{ machine: "8 x Other, 32 GiB, Linux" },
			"of another machine (8 x Other",
		],
	])("%s", (_what, other, words) => {
		expect(() => checkStored({ ...stored, ...other }, facts, "--baseline b.json", false)).toThrow(
			words,
		);
	});

	test("of another machine, unless shares alone are compared", () => {
		const other = { ...stored, machine: "8 x Other, 32 GiB, Linux" };
		expect(checkStored(other, facts, "--baseline b.json", true)).toEqual([]);
		expect(chooseFigures({ sharesOnly: true }).map(({ unit }) => unit)).not.toContain("ms");
	});

	test("and another livesoak is told", () => {
		const older = { ...stored, livesoakVersion: "0.0.9" };
		expect(checkStored(older, facts, "--baseline b.json", false)).toHaveLength(1);
	});
});

test("a scenario's hash is of what runs: not of key order, thresholds, seed, or the place of a WAV file", () => {
	const wav = Buffer.from("RIFF");
	const a = { name: "x", seed: 1, rooms: 2, thresholds: { a: 1 }, audio: { source: "/a/b.wav" } };
	const b = { audio: { source: "/c/b.wav" }, rooms: 2, name: "x", seed: 9, thresholds: {} };
	expect(scenarioHash(b, wav)).toBe(scenarioHash(a, wav));
	expect(scenarioHash({ ...a, rooms: 3 }, wav)).not.toBe(scenarioHash(a, wav));
	expect(scenarioHash(a, Buffer.from("RIFX"))).not.toBe(scenarioHash(a, wav));
});

describe("--baseline and --candidate", () => {
	test.each([
		["", "--baseline is empty"],
		["/no/such/server", "there is no such file"],
		["http://host:7880", "--baseline has the scheme http"],
		["ws://", "--baseline is not a URL"],
	])("%j is refused", async (text, words) => {
		await expect(readSide(text, "--baseline")).rejects.toThrow(words);
	});

	test("a file that is not executable, or no livekit-server, is refused", async () => {
		const path = join(folder, "some.txt");
		await writeFile(path, "#!/bin/sh\necho other program\n", { mode: 0o644 });
		await expect(readSide(path, "--candidate")).rejects.toThrow("is not executable");
		const program = join(folder, "some-program");
		await writeFile(program, "#!/bin/sh\necho other program\n", { mode: 0o755 });
		await expect(readSide(program, "--candidate")).rejects.toThrow("is not a livekit-server");
	});

	test("one URL in two spellings is the same", () => {
		const url = (text: string) => ({ kind: "url", url: text }) as const;
		expect(isSameSide(url("ws://HOST:7880"), url("ws://host:7880/"))).toBe(true);
		expect(isSameSide(url("ws://host:7880"), url("ws://host:7881"))).toBe(false);
	});
});

describe("--margin, --figure and --advisory", () => {
	test.each([
		["connect.media p95=10%", { relative: 0.1 }],
		["connect.media p95=0.5s", { absolute: 500 }],
		["rtp.loss mean=0.1pp", { absolute: 0.001 }],
		["audio.mos mean=0.1", { absolute: 0.1 }],
		["server.rss=20MB", { absolute: 20e6 }],
	])("%s", (text, margin) => {
		const name = text.slice(0, text.indexOf("="));
		const chosen = chooseFigures({ margin: [text] }).find(({ metric }) => metric === name);
		expect(chosen).toMatchObject({ judges: true });
		expect(Object.values(chosen?.margin ?? {})[0]).toBeCloseTo(Object.values(margin)[0] ?? 0, 12);
		expect(Object.keys(chosen?.margin ?? {})).toEqual(Object.keys(margin));
	});

	test.each([
		[{ margin: ["connect.media p95"] }, '"=" and a value'],
		[{ margin: ["connect.media p95=10"] }, "% or us, ms, s"],
		[{ margin: ["connect.media p95=0%"] }, "above 0"],
		[{ margin: ["connect.medai p95=10%"] }, 'did you mean "connect.media p95"'],
		[{ figure: ["nothing"] }, 'no figure "nothing"'],
		[{ figure: ["rtp.loss mean"], advisory: ["rtp.loss mean"] }, "both a --figure and --advisory"],
		[{ figure: ["rtp.rtt p50"], sharesOnly: true }, "No figure judges"],
	])("%j is refused", (wishes, words) => {
		expect(() => chooseFigures(wishes)).toThrow(words);
	});

	test("--figure lets that one judge alone", () => {
		const judging = chooseFigures({ figure: ["rtp.loss mean"] }).filter(({ judges }) => judges);
		expect(judging.map(({ metric }) => metric)).toEqual(["rtp.loss mean"]);
	});
});
