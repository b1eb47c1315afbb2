import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { readSummary } from "../rig/result.js";

const scenario = (more = "") => `
name: spare
participants: { both: 1 }
engine: lite
load: [{ ramp: 0s, to: 100% }, { hold: 1s }]
${more}
${lenient}
`;

const cli = withCli();
const server = withLiveKit();

/** Every process of a run has the room's own TMPDIR, a worker that nobody ever knew of too. */
function processesOfTheRoom(): string[] {
	const mark = `TMPDIR=${cli().temporary}\0`;
	return readdirSync("/proc").filter((pid) => {
		if (!/^\d+$/.test(pid)) return false;
		try {
			return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
		} catch {
			return false;
		}
	});
}

describe("a worker that was started ahead of a run that never begins is gone with it", () => {
	const keys = ["--api-key", "key", "--api-secret", "a-secret-of-sufficient-length-0123456789"];

	test.each<[string, string, readonly string[], number]>([
		["a mistake in the scenario", scenario("roms: 2"), [], 2],
		["a mistake in a flag", scenario(), ["--nonsense"], 2],
		["nobody at --url", scenario(), ["--url", "ws://127.0.0.1:1", ...keys], 1],
	])("%s", async (_what, yaml, flags, code) => {
		const run = await cli().startScenario(yaml, flags);
		// What is looked for below can be found.
		await vi.waitFor(() => expect(processesOfTheRoom()).toHaveLength(2), { interval: 5 });
		const end = await run.ended;
		expect(end.code).toBe(code);
		expect(end.stderr.match(/^livesoak: /gm)).toHaveLength(1);
		expect(processesOfTheRoom()).toEqual([]);
	});

	test("a run that is only asked for its help", async () => {
		const { code, stdout } = await (await cli().startScenario(scenario(), ["--help"])).ended;
		expect(code).toBe(0);
		expect(stdout).toContain("--participants");
		await vi.waitFor(() => expect(processesOfTheRoom()).toEqual([]), { timeout: 5_000 });
	});
});

test("what the words of a scenario suggest may be wrong", async () => {
	const { args, env } = toServer(server());
	// Speaks of both engines and of another source than it uses.
	const yaml = scenario("# not native, no source: tone\naudio: { source: silence }");
	const { code, out, stderr } = await cli().runScenario(yaml, args, env);
	expect(code, stderr).toBe(0);
	const { engines, participants, tester } = await readSummary(out);
	expect(Object.keys(engines)).toEqual(["lite"]);
	expect(participants).toMatchObject({ planned: 1, joined: 1, failed: 0 });
	expect(tester).toMatchObject({ workers: 1, workersDied: 0 });
	expect(processesOfTheRoom()).toEqual([]);
});
