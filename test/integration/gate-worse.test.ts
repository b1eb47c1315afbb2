import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliEnd, toServer, withCli } from "../rig/cli.js";
import { runIn } from "../rig/cli-in-namespace.js";
import { cpuQuota, heldServer, requireCpuQuota } from "../rig/cpu-quota.js";
import { type EmulatedLink, startEmulatedLink } from "../rig/emulated-link.js";
import { figureIn, gateResult, onePass, releasedServer, shortRound } from "../rig/gate.js";
import { type ServerInNamespace, startLiveKitIn } from "../rig/livekit-in-namespace.js";
import { type ImpairedNetwork, makeImpairedNetwork } from "../rig/network-namespace.js";
import { requirePart, withLiveKit } from "../rig/real-parts.js";
import { type JoinRefuser, refuseJoins } from "../rig/refuse-joins.js";

const cli = withCli();
const server = withLiveKit();
const out = (name: string) => join(cli().folder, name);

async function expectWorse(
	{ code, stdout, stderr }: Pick<CliEnd, "code" | "stdout" | "stderr">,
	metrics: string[],
) {
	const result = await gateResult(stdout);
	expect({ code, verdict: result.verdict }, stderr).toEqual({ code: 99, verdict: "failed" });
	for (const metric of metrics) expect(figureIn(result, metric).verdict, metric).toBe("worse");
}

describe("one join in 50 failing", () => {
	let refuser: JoinRefuser;
	beforeAll(async () => {
		refuser = await refuseJoins(server().url, 50);
	});
	afterAll(() => refuser.stop());

	test("is caught", async () => {
		const { env } = toServer(server());
		// Signalling alone, so that a machine can have many joins a round; half as many again as are needed.
		const crowd = shortRound("media: none\nrooms: 10\nparticipants: { subscribers: 20 }").replace(
			"hold: 2s",
			"hold: 500ms",
		);
		const scenario = await cli().file("crowd.yaml", crowd);
		const sides = ["--baseline", server().url, "--candidate", refuser.url];
		const figure = ["--figure", "participants failed"];
		const order = ["gate", scenario, ...sides, ...figure, ...onePass(5), "--out", out("refused")];
		await expectWorse(await cli().run(order, env), ["participants failed"]);
		const { joins, refused } = refuser.counts();
		expect(refused).toBe(Math.floor(joins / 50));
		expect(joins).toBeGreaterThanOrEqual(1000);
	});
});

requireCpuQuota()("a server that is held to a part of the CPU it takes", () => {
	test("is caught by the time until connected", async () => {
		const binary = await releasedServer("v1.13.5");
		const held = join(cli().folder, "held-server");
		// Half of the 0.16 cores that it takes for this round.
		await heldServer(held, binary, cpuQuota(0.08));
		const scenario = await cli().file(
			"burst.yaml",
			shortRound("rooms: 2\nparticipants: { publishers: 1, subscribers: 7 }"),
		);
		const figure = ["--figure", "connect.dtls p95"];
		const sides = ["--baseline", binary, "--candidate", held];
		const order = ["gate", scenario, ...sides, ...figure, ...onePass(3), "--out", out("held")];
		await expectWorse(await cli().run(order), ["connect.dtls p95"]);
	});
});

requirePart(
	"root",
	"iproute2",
	"nftables",
)("2 % loss and 50 ms on the way to the candidate", () => {
	let network: ImpairedNetwork;
	let link: EmulatedLink;
	let good: ServerInNamespace;
	let bad: ServerInNamespace;
	beforeAll(async () => {
		network = makeImpairedNetwork();
		link = await startEmulatedLink(network, 7);
		// The link stands beside the network's own way here: one server at the end of each.
		execFileSync(...network.router.within("sysctl", ["-qw", "net.ipv4.ip_forward=1"]));
		await link.impair({ toClient: { lossRatio: 0.02, delayMs: 50 } });
		good = await startLiveKitIn(network.server);
		const rtc = { tcp_port: 7882, port_range_start: 21_000, port_range_end: 21_999 };
		bad = await startLiveKitIn(link.server, { rtc, prometheus: { port: 6790 } });
	});
	afterAll(async () => {
		await Promise.all([good?.stop(), bad?.stop()]);
		await link?.stop();
		network?.remove();
	});

	test("are caught, each by its own figure", async () => {
		const scenario = await cli().file("impaired.yaml", shortRound());
		const sides = ["--baseline", good.url, "--candidate", bad.url];
		// A short round has no round-trip time yet; a join has several of them.
		const metrics = ["rtp.loss mean", "connect.dtls p50"];
		const figures = metrics.flatMap((metric) => ["--figure", metric]);
		const order = ["gate", scenario, ...sides, ...figures, ...onePass(4), "--out", out("impaired")];
		const env = { LIVEKIT_API_KEY: good.apiKey, LIVEKIT_API_SECRET: good.apiSecret };
		const end = await runIn(network.client, cli(), order, env);
		await expectWorse(end, metrics);
	});
});
