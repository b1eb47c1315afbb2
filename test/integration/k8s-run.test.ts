import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { lenient } from "../rig/cli.js";
import { dockerFolder } from "../rig/compose-file.js";
import { type ComposeNetwork, makeComposeNetwork, type Running } from "../rig/compose-network.js";
import {
	argumentsOf,
	type Container,
	environmentOf,
	mainContainer,
	manifests,
	objectOf,
	type Pod,
} from "../rig/k8s.js";
import { liveKitBinary, requirePart } from "../rig/real-parts.js";
import { readSummary } from "../rig/result.js";

const main = resolve(dockerFolder, "../dist/cli/main.js");
const secrets = {
	"livesoak/api-key": "k8s",
	"livesoak/api-secret": "a-secret-of-the-k8s-test-and-of-nothing-else",
	"livesoak-redis/agent": "redis-password-of-agents",
	"livesoak-redis/coordinator": "redis-password-of-the-coordinator",
};

/** In place of fleet.yaml: short, and fair to a machine that does other things as well. */
const scenario = `
name: fleet
rooms: 2
participants: { publishers: 1, subscribers: 3, engine: lite }
load: [{ ramp: 1s, to: 100% }, { hold: 6s }]
thresholds: { connect.media: ["p95 < 15s", "failed < 0.1%"], rtp.loss: ["mean < 5%"] }
${lenient}
`;

/** As target.yaml names it, with the ports that network.yaml opens. */
const server = "livekit.livekit.svc";
const serverConfig = `
port: 7880
keys: { ${secrets["livesoak/api-key"]}: ${secrets["livesoak/api-secret"]} }
rtc: { use_external_ip: false, tcp_port: 7881, port_range_start: 50000, port_range_end: 60000 }
`;

const agents = ["agents-0", "agents-1"];

/**
 * Every pod of overlays/ci by its own programs, with its commands, its environment and its files, under its own name
 * and on its own ports, in a network namespace in place of a pod. Two of the four agents are enough.
 */
requirePart(
	"root",
	"iproute2",
	"kustomize",
	"redis",
)("docker/k8s/overlays/ci", () => {
	let folder: string;
	let network: ComposeNetwork;
	const running = new Map<string, Running>();

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "livesoak-test-k8s-"));
		for (const name of ["redis", "scenario", "results", "data", "coordinator", ...agents])
			await mkdir(join(folder, name));
		await writeFile(join(folder, "scenario", "fleet.yaml"), scenario);
		await writeFile(join(folder, "livekit.yaml"), serverConfig);
		for (const [name, text] of Object.entries(configOf("redis")))
			await writeFile(join(folder, "redis", name), text);
		network = makeComposeNetwork(["redis", server, "coordinator", ...agents]);
	});

	afterAll(async () => {
		for (const one of running.values()) one.stop("SIGKILL");
		network?.remove();
		await Promise.all([...running.values()].map(({ ended }) => ended));
		await rm(folder, { recursive: true, force: true });
	});

	const objects = () => manifests("overlays/ci");
	const podOf = (kind: string, name: string) =>
		objectOf(objects(), kind, name).spec?.template as Pod;

	/** The data of the ConfigMap that a pod mounts under its name; kustomize puts a hash behind that. */
	function configOf(name: string) {
		const { spec } = podOf("StatefulSet", name);
		const map = spec.volumes?.find(({ configMap }) => configMap)?.configMap?.name ?? "";
		return objectOf(objects(), "ConfigMap", map).data ?? {};
	}

	/** As a kubelet starts a container; `entrypoint` is that of its image. */
	function start(podName: string, container: Container, entrypoint: readonly string[] = []) {
		const env = environmentOf(container, { podName, objects: objects(), secrets });
		const words = [
			...(container.command ?? entrypoint),
			...argumentsOf(container, env).map((word) => word.replace(/^--agents=4$/, "--agents=2")),
		].map((word) =>
			word.replace(/^(--out=)?\/(etc\/)?(redis|scenario|results)(?=\/|$)/, `$1${folder}/$3`),
		);
		const { PATH } = process.env;
		const temporary = join(folder, podName);
		const one = network.start(
			podName,
			"/usr/bin/env",
			["-C", podName === "redis" ? join(folder, "data") : folder, ...words],
			{ PATH, HOME: temporary, TMPDIR: temporary, ...env },
		);
		running.set(podName, one);
		return one;
	}

	const livesoak = [process.execPath, main];
	const textOf = (name: string) => `${name}: ${running.get(name)?.text().slice(-2000)}`;

	test("a run passes, on all agents, and everyone ends with it", async () => {
		const wait = podOf("Job", "coordinator").spec.initContainers?.[0] as Container;
		const waiting = start("coordinator", wait);
		running.set(
			server,
			network.start(server, await liveKitBinary(), ["--config", join(folder, "livekit.yaml")], {}),
		);
		start("redis", mainContainer(podOf("StatefulSet", "redis")));
		expect((await waiting.ended).code, textOf("redis")).toBe(0);
		await vi.waitFor(
			() => expect(network.get(server, `http://${server}:7880/`).status, textOf(server)).toBe(200),
			{ timeout: 20_000, interval: 500 },
		);

		const agentRuns = agents.map((name) =>
			start(name, mainContainer(podOf("Job", "agents")), livesoak),
		);
		const run = start("coordinator", mainContainer(podOf("Job", "coordinator")), livesoak);
		const all = () => ["coordinator", ...agents].map(textOf).join("\n");
		await vi.waitFor(
			() => {
				const { body } = network.get(server, "http://coordinator:9464/metrics");
				for (const name of agents) expect(body, all()).toContain(`agent="${name}"`);
			},
			{ timeout: 60_000, interval: 500 },
		);
		expect((await run.ended).code, all()).toBe(0);
		for (const { ended } of agentRuns) expect((await ended).code, all()).toBe(0);

		const { participants } = await readSummary(join(folder, "results"));
		expect(participants).toMatchObject({ planned: 8, joined: 8, failed: 0, lost: 0 });
		for (const name of running.keys())
			for (const secret of Object.values(secrets).slice(1))
				expect(running.get(name)?.text()).not.toContain(secret);
	});
});
