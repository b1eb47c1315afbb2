import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
	bySchema,
	type ComposeFile,
	dockerFolder,
	mountsOf,
	readCompose,
	serviceOf,
} from "../../rig/compose-file.js";

/** Words that nothing else in the file has. */
const secrets = {
	LIVEKIT_API_KEY: "key-of-the-test",
	LIVEKIT_API_SECRET: "api-secret-of-the-test",
	LIVESOAK_TURN_SECRET: "turn-secret-of-the-test",
};

const compose = readCompose(secrets);
const services = Object.entries(compose.services);

function textOf(name: string): string {
	return readFileSync(resolve(dockerFolder, name), "utf8");
}

test("it is what the Compose Specification's own schema allows", () => {
	// Extensions (`x-…`) and what `<<` brought in are allowed by it.
	expect(bySchema(compose)).toEqual({
		valid: true,
		errors: null,
	});
	expect(bySchema({ services: { livekit: { imagee: "x" } } }).valid).toBe(false);
});

test.each(Object.keys(secrets))(
	"without %s it does not start, and says where it belongs",
	(name) => {
		for (const without of [undefined, ""]) {
			const variables = Object.fromEntries(
				Object.entries({ ...secrets, [name]: without }).filter(([, value]) => value !== undefined),
			) as Record<string, string>;
			expect(() => readCompose(variables)).toThrow(
				new RegExp(`${name} is missing: .*docker/\\.env`),
			);
		}
	},
);

test(".env.example names every variable, with no value", () => {
	const files = textOf("compose.yaml") + textOf("compose.fleet.yaml");
	const used = [...files.matchAll(/\$\{(\w+):/g)].map(([, name]) => name);
	const named = [...textOf(".env.example").matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
	expect(new Set(named)).toEqual(new Set(used));
	for (const name of Object.keys(secrets))
		expect(textOf(".env.example")).toMatch(new RegExp(`^${name}=$`, "m"));
});

describe.each(services)("%s", (name, service) => {
	test("has no right that it does not need", () => {
		expect(service.read_only).toBe(true);
		expect(service.cap_drop).toEqual(["ALL"]);
		expect(service.cap_add ?? []).toEqual(name === "coturn" ? ["NET_BIND_SERVICE"] : []);
		expect(service.security_opt).toContain("no-new-privileges:true");
		expect(service).not.toHaveProperty("privileged");
		expect(service).not.toHaveProperty("network_mode");
		const user = service.user ?? /^USER (\S+)$/m.exec(textOf("Dockerfile"))?.[1] ?? "root";
		expect(Number(user.split(":")[0])).toBeGreaterThan(0);
	});

	test("is bounded, watched and stopped in good time", () => {
		expect(service.deploy?.resources.limits).toEqual({
			cpus: expect.stringMatching(/^[\d.]+$/),
			memory: expect.stringMatching(/^\d+[mg]$/),
			pids: expect.any(Number),
		});
		expect(service.healthcheck?.test[0]).toBe("CMD");
		expect(service.stop_grace_period).toMatch(/^\d+s$/);
	});

	test("is of one version", () => {
		expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+\.\d+(-r\d+)?$/);
	});

	test("opens ports on this machine alone", () => {
		for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
	});

	test("sees files that are there, and cannot write to them", () => {
		for (const [target, source] of mountsOf(service)) {
			expect(existsSync(source), `${source} for ${target}`).toBe(true);
			expect(service.volumes?.find((volume) => volume.includes(target))).toMatch(/:ro$/);
		}
	});

	test("has no secret among arguments", () => {
		const { entrypoint = [], command = [], healthcheck } = service;
		const words = [...entrypoint, ...command, ...(healthcheck?.test ?? [])].join(" ");
		for (const secret of Object.values(secrets)) expect(words).not.toContain(secret);
	});
});

test("secrets go to those who need them", () => {
	const holders = (secret: string) =>
		services
			.filter(([, { environment = {} }]) =>
				Object.values(environment).some((value) => value.includes(secret)),
			)
			.map(([name]) => name);
	expect(holders(secrets.LIVEKIT_API_SECRET)).toEqual(["livekit", "livesoak"]);
	expect(holders(secrets.LIVESOAK_TURN_SECRET)).toEqual(["coturn", "livesoak"]);
});

test("whoever is called by name is a service", () => {
	const config = parse(textOf("prometheus/prometheus.yml"));
	const targets = [...config.scrape_configs, ...config.alerting.alertmanagers].flatMap(
		({ static_configs }) =>
			static_configs.flatMap(({ targets: all }: { targets: string[] }) => all),
	);
	expect(targets).toEqual(["livesoak:9464", "livekit:6789", "coturn:9641", "alertmanager:9093"]);
	for (const target of targets) serviceOf(compose, target.split(":")[0]);
	expect(textOf("livekit/livekit.yaml")).toContain("- coturn:3478");
	expect(serviceOf(compose, "grafana").environment?.PROMETHEUS_URL).toBe("http://prometheus:9090");
});

test("its version is that of the package", () => {
	const { version } = JSON.parse(readFileSync(resolve(dockerFolder, "../package.json"), "utf8"));
	const { livesoak } = (compose satisfies ComposeFile).services;
	expect(livesoak?.image).toBe(`livesoak:${version}`);
});
