import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import type { Summary } from "../../src/verdict/summary.js";
import { leftBehind, lenient, withCli } from "../rig/cli.js";
import { isListening } from "../rig/gone.js";
import { withLiveKit } from "../rig/real-parts.js";
import {
	expectConserved,
	expectNoSecret,
	readEvents,
	readSeconds,
	resultFolder,
} from "../rig/result.js";

const scenario = `
name: small
participants: { publishers: 1, subscribers: 1, both: 1 }
load: [{ ramp: 1s, to: 100% }, { hold: 5s }]
thresholds:
  connect.media: ["p95 < 20s", "failed < 1%"]
  rtp.loss: ["mean < 5%"]
${lenient}
`;

const cli = withCli();
const server = withLiveKit();

test("run --json on an embedded server: one object, all of it true, and nothing left behind", async () => {
	const { code, stdout, stderr, out, descendants } = await cli().runScenario(scenario, ["--json"]);
	expect(stderr).toBe("");
	expect(code).toBe(0);
	const summary: Summary = JSON.parse(stdout);
	const schema = JSON.parse(
		await readFile(new URL("../../schema/summary.schema.json", import.meta.url), "utf8"),
	);
	const ajv = new Ajv({ strict: false });
	expect(ajv.validate(schema, summary), ajv.errorsText()).toBe(true);

	expect(summary).toMatchObject({
		...{ verdict: "passed", exitCode: 0, scenario: "small", seed: 1 },
		participants: { planned: 3, joined: 3, failed: 0, lost: 0, left: 3 },
		...{ failures: [], lostCauses: [], invalidities: [], faults: [] },
		server: { embedded: true, version: expect.stringMatching(/^1\.\d+\.\d+/) },
		engines: { native: expect.stringMatching(/^rtc-node \d/) },
		tester: { workersDied: 0 },
	});
	expectConserved(summary);
	expect(summary.packets.sent).toBeGreaterThan(0);
	expect(summary.packets.received).toBeGreaterThan(0);
	expect(summary.packets.lost).toBe(0);
	expect(summary.candidatePairs.length).toBeGreaterThan(0);
	for (const pair of summary.candidatePairs) {
		expect(pair).toMatchObject({ protocol: "udp" });
		expect([pair.local, pair.remote]).not.toContain("relay");
	}
	expect(summary.metrics).toHaveProperty(["connect.heard", "count"]);

	const folder = await resultFolder(out);
	expect((await readdir(folder)).sort()).toEqual([
		...["events.jsonl", "junit.xml", "report.html", "run.json"],
		...["summary.json", "summary.md", "timeline.jsonl"],
	]);
	expect(JSON.parse(await readFile(join(folder, "summary.json"), "utf8"))).toEqual(summary);
	const kinds = (await readEvents(out)).map(({ kind }) => kind);
	for (const kind of ["worker-started", "run-started", "server", "life-joined", "run-ended"])
		expect(kinds).toContain(kind);

	const { totals, damaged } = await rebuildTotals(folder);
	expect(damaged).toBe(0);
	expect(totals.toSummary()).toEqual(summary.metrics);
	expect(totals.counter("packets", { direction: "received" })).toBe(summary.packets.received);
	expect(totals.counter("participants", { event: "left" })).toBe(3);

	expect(descendants.length).toBeGreaterThan(1);
	expect(leftBehind({ descendants })).toEqual([]);
	expect(await readdir(cli().temporary)).toEqual([]);
	expect(await isListening(Number(summary.server.url.split(":")[1]))).toBe(false);
});

test("run on a named server: plain lines for people, and no secret anywhere", async () => {
	const { url, apiKey, apiSecret } = server();
	const flags = ["--url", url, "--api-key", apiKey, "--api-secret", apiSecret];
	const { code, stdout, stderr, out } = await cli().runScenario(scenario, flags);
	expect(code).toBe(0);
	expect(stdout).toBe("");
	expect(stderr).toMatch(/passed/i);
	const folder = await resultFolder(out);
	const files = await readdir(folder);
	for (const file of files) {
		expectNoSecret(await readFile(join(folder, file), "utf8"), [apiSecret]);
	}
	expectNoSecret(stdout + stderr, [apiSecret]);
	expect((await readSeconds(out)).length).toBeGreaterThanOrEqual(5);
});

test("signalling only, the server from the environment, and --quiet is one line", async () => {
	const quiet = `
name: silent
participants: { both: 3 }
media: none
load: [{ ramp: 1s, to: 100% }, { hold: 1s }]
${lenient}
`;
	const { url, apiKey, apiSecret } = server();
	const env = { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret };
	const { code, stderr } = await cli().runScenario(quiet, ["--quiet"], env);
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect(code).toBe(0);
});
