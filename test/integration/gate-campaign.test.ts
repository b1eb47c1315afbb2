// How often the gate is wrong, on real servers: hours, so only when asked for. What it does is in docs/gate.md.
//   LIVESOAK_GATE_CAMPAIGN=same=20,worse=10,round=8s npx vitest run --project integration test/integration/gate-campaign
import { execFileSync, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GateResult } from "../../src/gate/gate-result.js";
import { toServer, withCli } from "../rig/cli.js";
import { cpuQuota, heldServer } from "../rig/cpu-quota.js";
import { type EmulatedLink, startEmulatedLink } from "../rig/emulated-link.js";
import { gateResult, releasedServer } from "../rig/gate.js";
import { type ServerInNamespace, startLiveKitIn } from "../rig/livekit-in-namespace.js";
import { tableOf } from "../rig/markdown-table.js";
import { type ImpairedNetwork, makeImpairedNetwork } from "../rig/network-namespace.js";
import { withLiveKit } from "../rig/real-parts.js";
import { refuseJoins } from "../rig/refuse-joins.js";

const asked = process.env.LIVESOAK_GATE_CAMPAIGN ?? "";
const wish = (name: string) => new RegExp(`\\b${name}=(\\w+)`).exec(asked)?.[1];
const counts = { same: Number(wish("same") ?? 0), worse: Number(wish("worse") ?? 0) };
const duration = wish("round") ?? "15s";
const roundSeconds = Number.parseFloat(duration) + 2;
const scenario = fileURLToPath(new URL("../../scenarios/upgrade-gate.yaml", import.meta.url));
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const most = { pairs: 16 };

const tell = (line: string) => void process.stderr.write(`${line}\n`);

interface Gate {
	readonly sides: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
	/** Runs a program elsewhere, such as in a network namespace. */
	within?(program: string, args: readonly string[]): [string, string[]];
}

describe.skipIf(asked === "")("a campaign of gates", () => {
	const cli = withCli();
	const server = withLiveKit();
	const table: string[][] = [];
	let binary = "";

	beforeAll(async () => {
		binary = await releasedServer("v1.13.5");
		const gates = counts.same + 4 * counts.worse;
		const hours = (pairs: number) => ((gates * 2 * (pairs + 1) * roundSeconds) / 3600).toFixed(1);
		tell(
			`${gates} gates: ${hours(4)} h if each stops at its first look, ${hours(most.pairs)} h at most`,
		);
	});
	afterAll(() => {
		tell(tableOf("gates, verdicts, rounds (mean), worse figures", table).join("\n"));
	});

	async function gate({ sides, env = {}, within }: Gate): Promise<GateResult> {
		const flags = [
			"--duration",
			duration,
			"--max-pairs",
			`${most.pairs}`,
			"--retries",
			"20",
			"--json",
		];
		const order = [
			main,
			"gate",
			scenario,
			...sides,
			...flags,
			"--out",
			join(cli().folder, "gates"),
		];
		const [program, args] = within?.(process.execPath, order) ?? [process.execPath, order];
		const own = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: cli().temporary };
		const child = spawn(program, args, {
			env: { ...own, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
		if (stdout === "") throw new Error(stderr);
		return gateResult(stdout);
	}

	async function repeat(name: string, count: number, each: Gate): Promise<GateResult[]> {
		const results: GateResult[] = [];
		for (let i = 1; i <= count; i++) {
			const result = await gate(each);
			results.push(result);
			tell(
				`${name} ${i}/${count}: ${result.verdict} after ${result.rounds} rounds: ${result.reason}`,
			);
		}
		const of = (verdict: string) => results.filter((one) => one.verdict === verdict).length;
		const words = [...new Set(results.map(({ verdict }) => verdict))];
		const rounds = results.reduce((sum, one) => sum + one.rounds, 0) / results.length;
		const worse = results.flatMap(({ figures }) =>
			figures.flatMap((one) => (one.verdict === "worse" && one.judges ? [one.metric] : [])),
		);
		table.push([
			`${name}, ${count}`,
			words.map((word) => `${of(word)} ${word}`).join(", "),
			rounds.toFixed(1),
			[...new Set(worse)].join(", ") || "none",
		]);
		return results;
	}

	const boundMs = 24 * 3_600_000;

	test.runIf(counts.same > 0)(
		"a server against itself: at most one false alarm in twenty",
		async () => {
			const sides = ["--baseline", binary, "--candidate", binary, "--allow-same"];
			const results = await repeat("A/A", counts.same, { sides });
			const alarms = results.filter(({ verdict }) => verdict === "failed").length;
			expect(alarms).toBeLessThanOrEqual(Math.ceil(counts.same / 20));
		},
		boundMs,
	);

	const expectAllCaught = (results: readonly GateResult[]) =>
		expect(results.map(({ verdict }) => verdict)).toEqual(results.map(() => "failed"));

	describe.runIf(counts.worse > 0)("made worse on purpose, it is caught every time", () => {
		test(
			"half the CPU that it takes",
			async () => {
				const cores = await coresTaken();
				tell(`held to half of the ${cores.toFixed(2)} cores that a round takes`);
				const held = join(cli().folder, "held-server");
				await heldServer(held, binary, cpuQuota(cores / 2));
				const sides = ["--baseline", binary, "--candidate", held];
				expectAllCaught(await repeat("half the CPU", counts.worse, { sides }));
			},
			boundMs,
		);

		test(
			"one join in 50 fails",
			async () => {
				const refuser = await refuseJoins(server().url, 50);
				const sides = ["--baseline", server().url, "--candidate", refuser.url];
				const { env } = toServer(server());
				const ran = repeat("one join in 50", counts.worse, { sides, env });
				expectAllCaught(await ran.finally(() => refuser.stop()));
			},
			boundMs,
		);

		test.each([
			["2 % loss", { lossRatio: 0.02 }],
			["+50 ms", { delayMs: 50 }],
		])(
			"%s",
			async (name, toClient) => {
				const away = await apart(toClient);
				const ran = repeat(name, counts.worse, away);
				expectAllCaught(await ran.finally(() => away.remove()));
			},
			boundMs,
		);
	});

	/** Of a good server, over a round. */
	async function coresTaken(): Promise<number> {
		const file = join(cli().folder, "cpu.json");
		await gate({ sides: ["--candidate", binary, "--update-baseline", file, "--min-pairs", "2"] });
		const { rounds } = JSON.parse(await readFile(file, "utf8")) as {
			rounds: { participants: number; values: Record<string, number> }[];
		};
		const seconds = rounds.map(
			({ participants, values }) => participants * (values["server.cpuPerParticipant"] ?? 0),
		);
		return seconds.reduce((sum, each) => sum + each, 0) / seconds.length / (roundSeconds - 2);
	}

	/** Two servers, the way to the second one impaired; the gate is run in the namespace of their clients. */
	async function apart(toClient: object): Promise<Gate & { remove(): Promise<void> }> {
		const network: ImpairedNetwork = makeImpairedNetwork();
		const link: EmulatedLink = await startEmulatedLink(network, 7);
		execFileSync(...network.router.within("sysctl", ["-qw", "net.ipv4.ip_forward=1"]));
		await link.impair({ toClient });
		const good: ServerInNamespace = await startLiveKitIn(network.server);
		const rtc = { tcp_port: 7882, port_range_start: 21_000, port_range_end: 21_999 };
		const bad = await startLiveKitIn(link.server, { rtc, prometheus: { port: 6790 } });
		return {
			sides: ["--baseline", good.url, "--candidate", bad.url],
			env: { LIVEKIT_API_KEY: good.apiKey, LIVEKIT_API_SECRET: good.apiSecret },
			within: network.client.within,
			async remove() {
				await Promise.all([good.stop(), bad.stop()]);
				await link.stop();
				network.remove();
			},
		};
	}
});
