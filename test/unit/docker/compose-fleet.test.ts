import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
	bySchema,
	dockerFolder,
	mountsOf,
	readCompose,
	serviceOf,
} from "../../rig/compose-file.js";
import { readFlags } from "../../rig/read-flags.js";

const password = "redis-password-of-the-test";
const variables = { LIVESOAK_REDIS_PASSWORD: password };
const fleet = readCompose(variables, "compose.fleet.yaml");
const base = readCompose({
	LIVEKIT_API_KEY: "key",
	LIVEKIT_API_SECRET: "api-secret",
	LIVESOAK_TURN_SECRET: "turn-secret",
});
const [redis, agent, livesoak] = ["redis", "agent", "livesoak"].map((name) =>
	serviceOf(fleet, name),
);
if (!redis || !agent || !livesoak) throw new Error("three services");

test("it is what the Compose Specification's own schema allows", () => {
	expect(bySchema(fleet)).toEqual({
		valid: true,
		errors: null,
	});
});

test("without a password it does not start, and says where it belongs", () => {
	expect(() => readCompose({}, "compose.fleet.yaml")).toThrow(
		/LIVESOAK_REDIS_PASSWORD is missing: .*docker\/\.env/,
	);
});

describe.each([
	["redis", redis],
	["agent", agent],
])("%s", (_name, service) => {
	test("has no right that it does not need, and bounds", () => {
		expect(service.read_only).toBe(true);
		expect(service.cap_drop).toEqual(["ALL"]);
		expect(service.security_opt).toContain("no-new-privileges:true");
		expect(service).not.toHaveProperty("ports");
		expect(service.deploy?.resources.limits).toMatchObject({ cpus: "1", pids: expect.any(Number) });
		expect(service.stop_grace_period).toMatch(/^\d+s$/);
		for (const [target, source] of mountsOf(service))
			expect(existsSync(source), `${source} for ${target}`).toBe(true);
	});
});

test("livesoak and the agents are of one image, Redis is the cluster's", () => {
	expect(agent.image).toBe(serviceOf(base, "livesoak").image);
	const manifest = readFileSync(resolve(dockerFolder, "k8s/base/redis.yaml"), "utf8");
	expect(manifest).toContain(`image: ${redis.image}`);
});

test("livesoak understands every word of both commands", async () => {
	for (const [word, { command = [], environment = {} }] of [
		["agent", agent],
		["run", livesoak],
	] as const) {
		expect((await readFlags(command, environment))._).toEqual([word]);
		expect(command.join(" ")).not.toContain(password);
	}
});
