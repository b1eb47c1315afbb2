import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { lenient } from "../rig/cli.js";
import {
	type ComposeService,
	dockerFolder,
	mountsOf,
	readCompose,
	serviceOf,
} from "../rig/compose-file.js";
import { type ComposeNetwork, makeComposeNetwork, type Running } from "../rig/compose-network.js";
import { liveKitBinary, prometheus3, requirePart } from "../rig/real-parts.js";
import { readSummary } from "../rig/result.js";

const main = resolve(dockerFolder, "../dist/cli/main.js");
const secrets = {
	LIVEKIT_API_KEY: "compose",
	LIVEKIT_API_SECRET: "a-secret-of-the-compose-test-and-of-nothing-else",
	LIVESOAK_TURN_SECRET: "a-turn-secret-of-the-compose-test",
};

/** In place of one of scenarios/: short, and fair to a machine that does other things as well. */
const scenario = (ice: string) => `
name: composed
participants: { both: 6 }
engine: lite
ice: ${ice}
load: [{ ramp: 2s, to: 100% }, { hold: 6s }]
thresholds: { connect.media: ["p95 < 15s", "failed < 0.1%"], rtp.loss: ["mean < 5%"] }
${lenient}
`;

/**
 * Every service by its own program, with the command, the environment and the mounted files of compose.yaml, under
 * its own name and on its own ports, in a network namespace in place of a container.
 */
requirePart(
	"root",
	"iproute2",
	"coturn",
	"prometheus-3",
	"alertmanager",
)("compose.yaml", () => {
	let folder: string;
	let network: ComposeNetwork;
	const running = new Map<string, Running>();
	const names = ["livekit", "coturn", "prometheus", "alertmanager", "livesoak"];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "livesoak-test-compose-"));
		network = makeComposeNetwork(names);
		start("livekit", await liveKitBinary());
		start("coturn", "/bin/sh");
		start("prometheus", prometheus3());
		start("alertmanager", "prometheus-alertmanager");
		await vi.waitFor(
			async () => {
				for (const name of ["livekit", "prometheus", "alertmanager"])
					expect(network.get(name, healthCheck(name).at(-1) ?? "").status, textOf(name)).toBe(200);
				// It waits for ever where nobody answers; Docker has a bound of its own.
				const bounded = ["2", ...healthCheck("coturn").slice(1)];
				const asked = network.start("coturn", "timeout", bounded, { PATH: process.env.PATH });
				expect((await asked.ended).code, textOf("coturn")).toBe(0);
			},
			{ timeout: 30_000, interval: 500 },
		);
	});

	afterAll(async () => {
		for (const one of running.values()) one.stop("SIGKILL");
		network?.remove();
		await Promise.all([...running.values()].map(({ ended }) => ended));
		// The names of turnserver.conf: in a container they are in its own memory.
		for (const left of [folder, "/tmp/turndb", "/tmp/turnserver.pid"])
			await rm(left, { recursive: true, force: true });
	});

	function start(name: string, program: string) {
		const service = serviceOf(readCompose(secrets), name);
		// Without an entrypoint in compose.yaml it is that of the image: the program itself, or node and this file.
		const before = service.entrypoint?.slice(1) ?? (name === "livesoak" ? [main] : []);
		const args = [...before, ...(service.command ?? [])];
		const env = { PATH: process.env.PATH, TMPDIR: folder, HOME: folder, ...service.environment };
		const here = args.map((word) => ofHere(word, service));
		const one = network.start(name, program, here, env);
		running.set(name, one);
		return one;
	}

	/** A path of the container as it is called here: a file of the checkout, or a folder of this test. */
	function ofHere(word: string, service: ComposeService): string {
		for (const [target, source] of mountsOf(service))
			if (word.endsWith(target)) return word.replace(target, source);
		return word
			.replace(/(?<==)\/(prometheus|alertmanager|results)$/, (_all, name) => join(folder, name))
			.replace(/^scenarios\/smoke(?=\.yaml$)/, join(folder, "scenario"));
	}

	function healthCheck(name: string): readonly string[] {
		return serviceOf(readCompose(secrets), name).healthcheck?.test ?? [];
	}

	function textOf(name: string): string {
		return running.get(name)?.text() ?? "";
	}

	function query(path: string) {
		const { status, body } = network.get("livesoak", `http://prometheus:9090/api/v1/${path}`);
		expect(status, body).toBe(200);
		return JSON.parse(body).data;
	}

	/** The value of each series that an instant query finds. */
	function values(promql: string): number[] {
		const { result } = query(`query?query=${encodeURIComponent(promql)}`);
		return result.map(({ value }: { value: [number, string] }) => Number(value[1]));
	}

	test("Prometheus has its rules, knows its Alertmanager and scrapes livekit-server", async () => {
		const { groups } = query("rules");
		expect(groups.map(({ name }: { name: string }) => name)).toContain("livesoak-alerts");
		await vi.waitFor(
			() => {
				const { activeAlertmanagers } = query("alertmanagers");
				expect(activeAlertmanagers).toEqual([{ url: "http://alertmanager:9093/api/v2/alerts" }]);
				expect(values('process_resident_memory_bytes{job="livekit"}')).toEqual([
					expect.any(Number),
				]);
			},
			{ timeout: 30_000, interval: 1_000 },
		);
	});

	test.each(["direct", "relay-udp"])("livesoak passes, and is scraped: %s", async (ice) => {
		await writeFile(join(folder, "scenario.yaml"), scenario(ice));
		const { code, stderr } = await start("livesoak", process.execPath).ended;
		expect(code, stderr + textOf("coturn").slice(-2000)).toBe(0);

		const summary = await readSummary(join(folder, "results"));
		expect(summary.participants).toMatchObject({ planned: 6, joined: 6, failed: 0 });
		for (const { local } of summary.candidatePairs)
			expect(local === "relay").toBe(ice === "relay-udp");
		const begun = `max_over_time(livesoak_participants_total{event="begun",ice="${ice}",scenario="composed"}[1m])`;
		expect(values(`sum(${begun})`)).toEqual([6]);
		await rm(join(folder, "results"), { recursive: true, force: true });
	});

	test("no rule is broken by what a real run shows", async () => {
		await vi.waitFor(
			() => {
				const rules = query("rules").groups.flatMap(({ rules: all }: { rules: unknown[] }) => all);
				expect(rules.length).toBeGreaterThan(20);
				for (const rule of rules) {
					expect(rule.health, `${rule.name} ${rule.lastError}`).not.toBe("err");
					expect(rule.state ?? "inactive", rule.name).not.toBe("firing");
				}
			},
			{ timeout: 30_000, interval: 1_000 },
		);
	});

	test("no secret is in any line or in any argument", () => {
		for (const secret of Object.values(secrets).slice(1))
			for (const name of names) expect(textOf(name)).not.toContain(secret);
	});
});
