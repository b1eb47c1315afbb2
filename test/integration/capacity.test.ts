import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Capacity } from "../../src/capacity/capacity-result.js";
import { type CliEnd, lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectNoSecret } from "../rig/result.js";

/** What the server itself refuses beyond. */
const most = 7;
const short = ["--join-rate", "40/s"];

const scenario = (thresholds: string) => `
name: search
participants: { publishers: 1, subscribers: 2 }
engine: lite
load: [{ ramp: 1s, to: 100% }, { hold: 1s }]
thresholds: ${thresholds}
${lenient}
`;

const cli = withCli();

async function search(args: readonly string[], thresholds = '{ connect.joined: ["failed < 1%"] }') {
	const file = await cli().file("search.yaml", scenario(thresholds));
	const out = join(cli().folder, `out-${Math.random()}`);
	const server = toServer(livekit());
	const words = ["capacity", file, "--out", out, ...short, ...server.args, ...args];
	return { words, env: server.env, out, run: () => cli().run(words, server.env) };
}

async function saved(out: string): Promise<{ result: Capacity; folder: string }> {
	const [name = ""] = await readdir(out);
	const folder = join(out, name);
	return { folder, result: JSON.parse(await readFile(join(folder, "capacity.json"), "utf8")) };
}

const livekit = withLiveKit({ overrides: { room: { max_participants: most } } });

describe("a server that lets no more than so many in", () => {
	test("is found to hold exactly that, and to be what says no", async () => {
		const asked = await search([
			"--start",
			"6",
			"--resolution",
			"0%",
			"--server-metrics",
			livekit().metricsUrl,
		]);
		const { code, stderr } = await asked.run();
		expect({ code, stderr }).toMatchObject({ code: 0 });
		const { result, folder } = await saved(asked.out);
		expect(result).toMatchObject({
			...{ ended: "found", limit: most, breaks: most + 1, unit: "participants", atLeast: false },
			...{ limitedBy: "server", certainty: "clear", exitCode: 0 },
		});
		expect(result.evidence.join()).toContain("the server refused");
		expect(result.server).toMatchObject({ sharesMachine: true, version: "1.13.5" });
		expect(result.steps.at(-1)?.server?.cores).toBeGreaterThanOrEqual(1);
		// Each run has its own folder, and no count was asked a third time once two agreed.
		const runs = await readdir(join(folder, "steps"));
		expect(runs.sort()).toEqual(result.steps.map(({ runId }) => runId).sort());
		expect(stderr).toContain(`search: ${most} participants`);
		expect(stderr).toContain("share the");
		const page = await readFile(join(folder, "capacity.html"), "utf8");
		expect(page).toContain("<svg");
		expectNoSecret(stderr + page + JSON.stringify(result), [livekit().apiSecret]);
	});

	test("is found to hold as many publishers in each room as there is place for", async () => {
		const asked = await search([
			"--vary",
			"publishers",
			"--start",
			"5",
			"--resolution",
			"0%",
			"--json",
			"--repeats",
			"1",
		]);
		const { code, stdout, stderr } = await asked.run();
		expect(code).toBe(0);
		expect(stderr).toBe("");
		// Two listeners are in the room as well.
		expect(JSON.parse(stdout)).toMatchObject({
			...{ limit: most - 2, unit: "publishers", participants: most },
		});
	});

	test("holds as many rooms as we dare to ask for, and that is said to be a lower bound", async () => {
		const asked = await search([
			"--vary",
			"rooms",
			"--start",
			"2",
			"--max-participants",
			"12",
			"--quiet",
		]);
		const { code, stderr } = await asked.run();
		expect({ code, stderr }).toEqual({
			code: 0,
			stderr: "search: at least 4 rooms, nothing broke (exit code 0)\n",
		});
	});
});

test("thresholds that even the fewest break are told, with exit code 99", async () => {
	const asked = await search(["--quiet", "--start", "2"], '{ connect.joined: ["p95 < 1us"] }');
	const { code, stderr } = await asked.run();
	expect(stderr).toMatch(/not even 2 participants hold: connect\.joined p95 < 1us \(\d/);
	expect(code).toBe(99);
	const { result } = await saved(asked.out);
	expect(result).toMatchObject({ ended: "least-breaks", limit: 0 });
});

test("Ctrl-C ends it with what was found so far", async () => {
	const asked = await search(["--max-participants", "6", "--hold", "60s"]);
	const run = cli().start(asked.words, asked.env);
	await Promise.race([run.ended, until(() => run.stderr().includes("run 1"))]);
	run.kill("SIGINT");
	const { code } = await run.ended;
	expect(code).toBe(130);
	const { result } = await saved(asked.out);
	expect(result).toMatchObject({ ended: "stopped", exitCode: 130, steps: [] });
});

describe("bad input", () => {
	const refused = async (args: readonly string[], thresholds?: string): Promise<CliEnd> =>
		(await search(args, thresholds)).run();

	test("a scenario without thresholds", async () => {
		const { code, stderr } = await refused([], "{}");
		expect({ code, stderr }).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("no thresholds"),
		});
	});

	test("an address without metrics", async () => {
		const { code, stderr } = await refused([
			"--server-metrics",
			livekit().url.replace("ws", "http"),
		]);
		expect(code).toBe(2);
		expect(stderr).toContain("--server-metrics: no metrics at");
		expect(stderr).not.toContain("at async");
	});
});

test("the command is in the help", () => {
	const { stdout } = spawnSync(process.execPath, ["dist/cli/main.js", "capacity", "--help"], {
		encoding: "utf8",
	});
	expect(stdout).toContain("--vary");
	expect(stdout).not.toContain("--participants ");
});

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}
