import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/plan/make-plan.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { totalParticipants } from "../../../src/scenario/scenario.js";
import { checkThreshold } from "../../../src/verdict/threshold.js";
import {
	argumentsOf,
	environmentOf,
	mainContainer,
	manifests,
	type Overlay,
	objectOf,
	podsOf,
	withRest,
} from "../../rig/k8s.js";
import { readFlags } from "../../rig/read-flags.js";
import { requirePart } from "../../rig/real-parts.js";

const secrets = {
	"livesoak/api-key": "key",
	"livesoak/api-secret": "api-secret",
	"livesoak/turn-secret": "turn-secret",
	"livesoak-redis/agent": "password",
	"livesoak-redis/coordinator": "password",
};

/** The words of each livesoak container of an overlay, as its process gets them. */
function commandLines(overlay: Overlay) {
	const objects = withRest(overlay);
	return podsOf(manifests(overlay)).flatMap(({ object, pod }) => {
		const container = mainContainer(pod);
		if (container.name !== "livesoak") return [];
		const env = environmentOf(container, { podName: "agents-x7k2p", objects, secrets });
		return [{ name: object.metadata.name, env, args: argumentsOf(container, env) }];
	});
}

const seconds = (object: ReturnType<typeof objectOf>) =>
	Number(object.spec?.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY);

requirePart("kustomize")("commands of docker/k8s", () => {
	test.each([
		["base", ["agents"]],
		["run", ["coordinator"]],
		["overlays/ci", ["agents", "coordinator"]],
		["overlays/full", ["agents", "coordinator"]],
		["overlays/resume", ["coordinator"]],
	] as const)("%s: livesoak understands every word", async (overlay, names) => {
		const lines = commandLines(overlay);
		expect(lines.map(({ name }) => name).sort()).toEqual(names);
		for (const { name, args, env } of lines) {
			const flags = await readFlags(args, env);
			expect(flags._).toEqual([name === "agents" ? "agent" : "run"]);
			// No `$(NAME)` is left, and no secret is an argument.
			for (const word of args) {
				expect(word).not.toContain("$(");
				for (const secret of new Set(Object.values(secrets)))
					expect(word.split("=")).not.toContain(secret);
			}
		}
	});

	test("a run is taken up without what its folder says itself", async () => {
		const [line] = commandLines("overlays/resume");
		const flags = await readFlags(line?.args ?? [], line?.env ?? {});
		expect(flags.resume).toMatch(/^\/results\/./);
		expect(flags.scenario).toBeUndefined();
		expect(line?.args.filter((word) => word.startsWith("--out"))).toEqual([]);
	});

	test("a word that is none is noticed", async () => {
		const [line] = commandLines("base");
		if (line === undefined) throw new Error("no agent");
		await expect(readFlags([...line.args, "--alow-url=ws://x"], line.env)).rejects.toThrow(/alow/i);
	});

	describe.each(["overlays/ci", "overlays/full"] as const)("%s", (overlay) => {
		const flagsOf = async (name: string) => {
			const line = commandLines(overlay).find((one) => one.name === name);
			if (line === undefined) throw new Error(`no ${name}`);
			return readFlags(line.args, line.env);
		};

		test("the coordinator waits for as many agents as there are", async () => {
			const { agents } = await flagsOf("coordinator");
			const made = manifests(overlay).find(
				({ kind, metadata }) => /^(Deployment|Job)$/.test(kind) && metadata.name === "agents",
			)?.spec;
			expect(Number(agents)).toBe(made?.replicas ?? made?.completions);
		});

		test("the scenario is one, ends in time, and leaves room for the loss of an agent", async () => {
			const text = objectOf(manifests(overlay), "ConfigMap", "scenario").data?.["fleet.yaml"] ?? "";
			const scenario = loadScenario({ text, fileName: "fleet.yaml", checkThreshold });
			const { agents } = await flagsOf("coordinator");
			const [, light] = /lite=(\d+)/.exec(String((await flagsOf("agents")).capacity)) ?? [];
			expect(totalParticipants(scenario)).toBeLessThanOrEqual((Number(agents) - 1) * Number(light));
			const job = manifests(overlay).find(
				({ metadata, kind }) => kind === "Job" && metadata.name === "agents",
			);
			if (job) expect(makePlan(scenario).durationMs / 1000).toBeLessThan(seconds(job) - 600);
		});
	});
});
