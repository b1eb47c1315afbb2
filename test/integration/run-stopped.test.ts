import { execFileSync } from "node:child_process";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { RoomServiceClient } from "livekit-server-sdk";
import { expect, test, vi } from "vitest";
import { type CliRun, leftBehind, lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary, resultFolder } from "../rig/result.js";

const scenario = `
name: long
participants: { both: 3 }
load: [{ ramp: 1s, to: 100% }, { hold: 10m }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();
const server = withLiveKit();

async function allJoined(run: CliRun): Promise<void> {
	await vi.waitFor(
		async () => {
			const joined = (await readEvents(run.out)).filter(({ kind }) => kind === "life-joined");
			expect(joined).toHaveLength(3);
		},
		{ timeout: 40_000, interval: 100 },
	);
}

test("one Ctrl-C: everyone leaves, and the summary is complete", async () => {
	const { args, env } = toServer(server());
	const run = await cli().startScenario(scenario, args, env);
	await allJoined(run);
	run.kill("SIGINT");
	const { code, stderr, descendants } = await run.ended;
	expect(code).toBe(130);
	expect(stderr).toContain("Stopping");
	const summary = await readSummary(run.out);
	expect(summary).toMatchObject({
		...{ verdict: "aborted", exitCode: 130, reason: "stopped by the user", lostCauses: [] },
		participants: { planned: 3, joined: 3, left: 3, lost: 0, unfinished: 0, failed: 0 },
	});
	expectConserved(summary);
	expect(await readdir(await resultFolder(run.out))).toEqual(
		expect.arrayContaining(["summary.json", "summary.md", "junit.xml"]),
	);
	const kinds = (await readEvents(run.out)).map(({ kind }) => kind);
	expect(kinds).toContain("stop-asked");
	expect(kinds.at(-1)).toBe("run-ended");
	expect(leftBehind({ descendants })).toEqual([]);
	const { url, apiKey, apiSecret } = server();
	const rooms = new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
	for (const { name } of await rooms.listRooms())
		expect(await rooms.listParticipants(name)).toEqual([]);
});

test("a second Ctrl-C ends at once, with what is there", async () => {
	const run = await cli().startScenario(scenario);
	await allJoined(run);
	run.kill("SIGINT");
	await vi.waitFor(() => expect(run.stderr()).toContain("Stopping"), { timeout: 10_000 });
	run.kill("SIGINT");
	const { code, descendants } = await run.ended;
	expect(code).toBe(130);
	const summary = await readSummary(run.out);
	expect(summary).toMatchObject({ verdict: "aborted", participants: { planned: 3, joined: 3 } });
	expectConserved(summary);
	expect(leftBehind({ descendants })).toEqual([]);
	expect(await readdir(cli().temporary)).toEqual([]);
});

test("a Ctrl-C while the embedded server starts leaves nothing", async () => {
	const run = await cli().startScenario(scenario);
	await vi.waitFor(() => expect(run.stderr()).toContain("livekit-server v"), { timeout: 20_000 });
	run.kill("SIGINT");
	const { code, stderr, descendants } = await run.ended;
	expect(code).toBe(130);
	expect(stderr).not.toContain("internal error");
	expect(leftBehind({ descendants })).toEqual([]);
	expect(await readdir(cli().temporary)).toEqual([]);
});

test("Ctrl-C while the scenario is still being read: nobody joins", async () => {
	const fifo = join(cli().folder, "slow.yaml");
	execFileSync("mkfifo", [fifo]);
	const { args, env } = toServer(server());
	const out = join(cli().folder, "slow");
	const run = cli().start(["run", fifo, "--out", out, ...args], env);
	// Opens only when livesoak reads: from here on it waits for the text.
	const file = await open(fifo, "w");
	run.kill("SIGINT");
	await vi.waitFor(() => expect(run.stderr()).toContain("Stopping"), { timeout: 10_000 });
	await file.writeFile(scenario);
	await file.close();
	const { code } = await run.ended;
	expect(code).toBe(130);
	expect(await readSummary(out)).toMatchObject({ participants: { planned: 3, notStarted: 3 } });
});
