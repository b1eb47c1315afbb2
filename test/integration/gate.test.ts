import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toServer, withCli } from "../rig/cli.js";
import {
	figureIn,
	gateFolder,
	gateResult,
	onePass,
	releasedServer,
	shortRound,
} from "../rig/gate.js";
import { withLiveKit } from "../rig/real-parts.js";

const cli = withCli();
const server = withLiveKit();
let older = "";
let newer = "";
let scenario = "";
beforeAll(async () => {
	older = await releasedServer("v1.9.12");
	newer = await releasedServer("v1.13.5");
	scenario = await cli().file("short-gate.yaml", shortRound());
});

const out = (name: string) => join(cli().folder, name);

test("v1.13.5 against v1.9.12: the older one nominates its candidate pair later, the newer one passes as better", async () => {
	const sides = ["--baseline", older, "--candidate", newer, "--figure", "connect.ice p50"];
	const order = ["gate", scenario, ...sides, ...onePass(3), "--out", out("versions")];
	const { code, stdout, stderr } = await cli().run(order);
	const result = await gateResult(stdout);
	expect({ code, verdict: result.verdict }, stderr).toEqual({ code: 0, verdict: "passed" });
	expect(result).toMatchObject({
		baseline: { kind: "binary", serverVersion: "v1.9.12", rounds: 3 },
		candidate: { kind: "binary", serverVersion: "v1.13.5", rounds: 3 },
	});
	const ice = figureIn(result, "connect.ice p50");
	expect(ice).toMatchObject({ verdict: "better", judges: true, pairs: 3 });
	expect(ice.interval?.high).toBeLessThan(0);
	// The servers' own metrics were read.
	expect(figureIn(result, "server.cpuPerParticipant").baseline).toBeGreaterThan(0);
	const folder = await gateFolder(out("versions"));
	for (const file of ["gate.json", "gate.md", "gate.html", "junit.xml", "rounds/baseline"])
		await access(join(folder, file));
	expect(JSON.parse(await readFile(join(folder, "gate.json"), "utf8"))).toEqual(result);
});

test("a server against itself raises no alarm", async () => {
	const sides = ["--baseline", newer, "--candidate", newer, "--allow-same", "--alpha", "0.01"];
	const order = ["gate", scenario, ...sides, ...onePass(2), "--out", out("same")];
	const { code, stdout, stderr } = await cli().run(order);
	const result = await gateResult(stdout);
	// Two rounds may leave a figure unknown (3); worse is what none may be.
	expect(["passed", "unknown"], stderr).toContain(result.verdict);
	expect(code).toBe(result.verdict === "passed" ? 0 : 3);
	for (const { metric, verdict } of result.figures) expect(verdict, metric).not.toBe("worse");
});

test("a stored baseline is compared with later, and refused for another seed or scenario", async () => {
	const file = out("baseline.json");
	const stored = await cli().run([
		...["gate", scenario, "--candidate", newer, "--update-baseline", file],
		...[...onePass(2), "--out", out("stored")],
	]);
	expect(stored.code, stored.stderr).toBe(0);
	expect((await gateResult(stored.stdout)).verdict).toBe("stored");
	const rounds = join(await gateFolder(out("stored")), "rounds", "candidate");
	const compare = (...more: string[]) =>
		cli().run([
			...["gate", scenario, "--baseline", file, "--candidate", rounds],
			...[...onePass(2), "--out", out("compared"), ...more],
		]);
	// The same rounds: no difference at all, though two of them prove little.
	const same = await gateResult((await compare()).stdout);
	for (const { effect, metric } of same.figures)
		if (effect !== undefined) expect(effect, metric).toBeCloseTo(0, 9);
	expect(same.figures[0]?.test).toContain("Welch");
	const otherSeed = await compare("--seed", "2");
	expect({ code: otherSeed.code, stderr: otherSeed.stderr }).toMatchObject({
		...{ code: 2, stderr: expect.stringContaining("of the seed 1, not of 2") },
	});
	const otherForm = await compare("--participants", "8");
	expect({ code: otherForm.code, stderr: otherForm.stderr }).toMatchObject({
		...{ code: 2, stderr: expect.stringContaining("another form of the scenario short-gate") },
	});
});

describe("bad input is told in a line, before anything is run", () => {
	test.each<[string, () => string[], string]>([
		["no candidate", () => ["--baseline", newer], "--candidate is missing"],
		["no baseline", () => ["--candidate", newer], "--baseline is missing"],
		[
			"one URL twice",
			() => ["--baseline", "ws://127.0.0.1:9", "--candidate", "ws://127.0.0.1:9/"],
			"--baseline and --candidate are the same url",
		],
		[
			"no livekit-server",
			() => ["--baseline", newer, "--candidate", process.execPath],
			"is not a livekit-server",
		],
		[
			"another --url",
			() => ["--baseline", newer, "--candidate", older, "--url", "ws://127.0.0.1:9"],
			"--url names one server",
		],
		[
			"too few pairs",
			() => ["--baseline", newer, "--candidate", older, "--min-pairs", "1"],
			"--min-pairs 1: expected a whole number from 2",
		],
	])("%s", async (_what, flags, words) => {
		const { code, stderr, stdout } = await cli().run(["gate", scenario, ...flags()]);
		expect(stderr).toContain(`livesoak: ${words.startsWith("is") ? "" : words}`);
		expect(stderr).toContain(words);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
	});
});

test("a candidate that nobody reaches is 1, and named", async () => {
	const { args, env } = toServer(server());
	const sides = ["--baseline", args[1] ?? "", "--candidate", "ws://127.0.0.1:9"];
	const order = ["gate", scenario, ...sides, ...onePass(2), "--out", out("unreached")];
	const { code, stderr } = await cli().run(order, env);
	expect(code, stderr).toBe(1);
	expect(stderr).toContain("--candidate (url): Cannot reach ws://127.0.0.1:9");
});

test("Ctrl-C ends the gate with 130 and what there is so far", async () => {
	const sides = ["--baseline", older, "--candidate", newer];
	const order = ["gate", scenario, ...sides, "--out", out("stopped"), "--warm-up", "0"];
	const run = cli().start(order);
	await expect.poll(() => run.stderr(), { timeout: 60_000 }).toContain("pair 1 baseline:");
	run.kill("SIGINT");
	const { code, stderr } = await run.ended;
	expect(code).toBe(130);
	expect(stderr).toContain("ABORTED");
	await access(join(await gateFolder(out("stopped")), "gate.json"));
});
