import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import type { Capacity } from "../../src/capacity/capacity-result.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { cpuQuota, requireCpuQuota } from "../rig/cpu-quota.js";
import { liveKitBinary } from "../rig/real-parts.js";

const cli = withCli();

const scenario = (rest: string) => `
name: search
participants: { publishers: 2, subscribers: 6, engine: lite }
load: [{ ramp: 500ms, to: 100% }, { hold: 3s }]
${rest}
`;

async function startServer() {
	const server = await startLiveKit({ binary: await liveKitBinary() });
	onTestFinished(() => server.stop());
	return server;
}

async function saved(out: string): Promise<Capacity> {
	const [name = ""] = await readdir(out);
	return JSON.parse(await readFile(join(out, name, "capacity.json"), "utf8"));
}

requireCpuQuota()("with too little CPU for", () => {
	test("the server, the server is named, from its own metrics", async () => {
		const server = await startServer();
		cpuQuota(0.08).add(server.pid);
		const thresholds =
			'thresholds: { rtp.jitter: ["p95 < 20ms"], connect.joined: ["failed < 1%"] }';
		const file = await cli().file("server.yaml", scenario(`${thresholds}\n${lenient}`));
		const out = join(cli().folder, "server");
		const { args, env } = toServer(server);
		const bounds = ["--repeats", "1", "--resolution", "40%", "--max-steps", "6"];
		const metrics = ["--server-metrics", server.metricsUrl, "--server-cores", "0.08"];
		const { stderr } = await cli().run(
			["capacity", file, "--out", out, ...bounds, ...metrics, ...args],
			env,
		);
		const result = await saved(out);
		expect(result.limitedBy, stderr).toBe("server");
		expect(result.evidence.join()).toMatch(/livekit-server used 0\.\d+ of its 0\.08 cores/);
	});

	test("the tester, the answer is a lower bound and exit code 3", async () => {
		const server = await startServer();
		const tester = cpuQuota(0.3);
		const thresholds = 'thresholds: { connect.joined: ["failed < 50%"] }';
		const validity = "validity: { lagP99: 60ms, lateFrames: 100%, startDelayP99: 60s }";
		const file = await cli().file("tester.yaml", scenario(`${thresholds}\n${validity}`));
		const out = join(cli().folder, "tester");
		const { args, env } = toServer(server);
		const bounds = ["--repeats", "1", "--resolution", "50%", "--max-steps", "3", "--start", "8"];
		const run = cli().start(["capacity", file, "--out", out, ...bounds, ...args], env);
		tester.add(run.pid);
		const { code, stderr } = await run.ended;
		const result = await saved(out);
		expect({ code, limitedBy: result.limitedBy, stderr }).toMatchObject({
			...{ code: 3, limitedBy: "tester" },
		});
		expect(result).toMatchObject({ atLeast: true, interval: { high: null } });
		expect(stderr).toMatch(/at least \d+ participants|the tester itself could not keep up/);
	});
});

test("a server that dies in the search is no limit: exit code 1, and the runs before it are kept", async () => {
	const server = await startServer();
	const thresholds = 'thresholds: { connect.joined: ["failed < 1%"] }';
	const file = await cli().file("dies.yaml", scenario(`${thresholds}\n${lenient}`));
	const out = join(cli().folder, "dies");
	const { args, env } = toServer(server);
	const run = cli().start(["capacity", file, "--out", out, "--hold", "1s", ...args], env);
	const second = (async () => {
		while (!run.stderr().includes("run 2")) await new Promise((resolve) => setTimeout(resolve, 50));
	})();
	await Promise.race([second, run.ended]);
	process.kill(server.pid, "SIGKILL");
	const { code, stderr } = await run.ended;
	expect({ code, stderr }).toMatchObject({ code: 1 });
	expect(stderr).toContain("the server went away at 16 participants");
	const result = await saved(out);
	expect(result).toMatchObject({ ended: "server-lost", exitCode: 1, limit: 8, atLeast: true });
	expect(result.steps).toHaveLength(1);
});
