import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { dockerFolder } from "../../rig/compose-file.js";
import {
	type Container,
	type KubernetesObject,
	mainContainer,
	manifests,
	type Overlay,
	objectOf,
	overlays,
	type Pod,
	podsOf,
	withRest,
} from "../../rig/k8s.js";
import { requirePart } from "../../rig/real-parts.js";

const read = (path: string) => readFileSync(resolve(dockerFolder, path), "utf8");
const schema = JSON.parse(
	readFileSync(new URL("../../cases/k8s/kubernetes.schema.json", import.meta.url), "utf8"),
);
// Formats and annotations of other tools are not checked.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map(
	Object.entries<object>(schema.properties).map(([kind, ofKind]) => [
		kind,
		ajv.compile({ ...ofKind, $defs: schema.$defs }),
	]),
);

function errorsOf(object: { readonly kind: string; readonly spec?: object }) {
	const validate = validators.get(object.kind);
	if (validate === undefined) return [`no schema of the kind ${object.kind}`];
	return validate(object) ? [] : validate.errors;
}

requirePart("kustomize")("docker/k8s", () => {
	describe.each(Object.keys(overlays) as Overlay[])("%s", (overlay) => {
		const pods = () => podsOf(manifests(overlay));
		const containers = () =>
			pods().flatMap(({ pod: { spec } }) => [...(spec.initContainers ?? []), ...spec.containers]);

		test("every object is one, by the strict schema of its kind", () => {
			expect(manifests(overlay).length).toBeGreaterThan(3);
			for (const object of manifests(overlay))
				expect({ name: object.metadata.name, errors: errorsOf(object) }).toEqual({
					name: object.metadata.name,
					errors: [],
				});
		});

		test("all is in one namespace, and nothing is there twice", () => {
			for (const { kind, metadata } of manifests(overlay))
				expect(kind === "Namespace" ? metadata.name : metadata.namespace).toBe("livesoak");
			const names = manifests(overlay).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
			expect(new Set(names).size).toBe(names.length);
		});

		test("pods have no right that they do not need", () => {
			for (const { pod } of pods()) {
				expect(pod.spec.automountServiceAccountToken).toBe(false);
				expect(pod.spec.securityContext).toMatchObject({
					runAsNonRoot: true,
					seccompProfile: { type: "RuntimeDefault" },
				});
				expect(pod.spec.securityContext?.runAsUser).toBeGreaterThan(0);
				expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
			}
			for (const { securityContext } of containers())
				expect(securityContext).toEqual({
					allowPrivilegeEscalation: false,
					readOnlyRootFilesystem: true,
					capabilities: { drop: ["ALL"] },
				});
		});

		test("the namespace's profile admits its pods, and no looser one is chosen than needed", () => {
			const profile = objectOf(withRest(overlay), "Namespace", "livesoak").metadata.labels?.[
				"pod-security.kubernetes.io/enforce"
			];
			const usesHost = pods().some(({ pod }) => pod.spec.hostNetwork);
			expect(profile).toBe(usesHost ? "privileged" : "restricted");
		});

		test("pods ask for what they need, livesoak's agents for whole cores of their own", () => {
			for (const { resources } of containers()) {
				expect(Object.keys(resources?.requests ?? {})).toEqual(["cpu", "memory"]);
				expect(resources?.limits?.memory).toBe(resources?.requests?.memory);
			}
			for (const { object, pod } of pods().filter(
				({ object }) => object.metadata.name === "agents",
			))
				for (const { resources } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
					expect(resources?.limits, object.kind).toEqual(resources?.requests);
		});

		test("images are of one version each, livesoak's that of the package", () => {
			const { version } = JSON.parse(read("../package.json"));
			for (const { image } of containers()) {
				expect(image).toMatch(/^[a-z./-]+:\d+\.\d+\.\d+(-[a-z]+)?$/);
				if (image.includes("livesoak")) expect(image.split(":")[1]).toBe(version);
			}
		});

		test("there is no secret in it: each is named, and docs/kubernetes.md says how it is made", () => {
			expect(manifests(overlay).map(({ kind }) => kind)).not.toContain("Secret");
			const page = read("../docs/kubernetes.md");
			const env = containers().flatMap((container) => container.env ?? []);
			for (const { name, value, valueFrom } of env) {
				if (/SECRET|PASSWORD|KEY/.test(name)) expect(value, name).toBeUndefined();
				if (valueFrom?.secretKeyRef === undefined) continue;
				const { name: secret, key } = valueFrom.secretKeyRef;
				expect(page).toMatch(
					new RegExp(`create secret generic ${secret} [^]*?--from-[a-z]+=${key}=`),
				);
			}
			for (const { pod } of pods())
				for (const { secret } of pod.spec.volumes ?? [])
					if (secret) expect(page).toContain(`\`${secret.secretName}\``);
		});

		test("what a pod refers to is there", () => {
			const there = withRest(overlay);
			for (const { object, pod } of pods()) {
				const claims = object.spec?.volumeClaimTemplates ?? [];
				const volumes = [
					...(pod.spec.volumes ?? []).map(({ name }) => name),
					...claims.map(({ metadata }) => metadata.name),
				];
				for (const { configMap, persistentVolumeClaim: claim } of pod.spec.volumes ?? []) {
					if (configMap) objectOf(there, "ConfigMap", configMap.name);
					if (claim) objectOf(there, "PersistentVolumeClaim", claim.claimName);
				}
				for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
					expectReferences(container, there, volumes);
			}
		});

		test("who is selected by labels is there", () => {
			const labels = podsOf(withRest(overlay)).map(({ pod }) => pod.metadata.labels);
			for (const { kind, spec } of manifests(overlay))
				for (const selector of selectorsOf(kind, spec))
					expect(
						labels.some((some) => matches(selector, some)),
						JSON.stringify(selector),
					).toBe(true);
		});
	});

	test("the agents of CI are those of the base, but end with the run", () => {
		const base = objectOf(manifests("base"), "Deployment", "agents").spec?.template as Pod;
		const job = objectOf(manifests("overlays/ci"), "Job", "agents").spec?.template as Pod;
		const { args = [], ...rest } = mainContainer(base);
		const { initContainers: _wait, ...jobSpec } = job.spec;
		expect(jobSpec).toEqual({
			...base.spec,
			restartPolicy: "Never",
			containers: [{ ...rest, args: [...args, "--once"] }],
		});
		expect(job.metadata).toEqual(base.metadata);
	});

	test("with TLS no plain connection to Redis is left", () => {
		const text = JSON.stringify(manifests("overlays/full"));
		expect(text).not.toContain("redis://");
		expect(text.match(/rediss:\/\//g)).toHaveLength(2);
		expect(text.match(/--redis-ca=\/tls\/ca\.crt/g)).toHaveLength(2);
	});

	test("secrets go to those who need them", () => {
		const holders = (wanted: string) =>
			podsOf(manifests("overlays/full"))
				.filter(({ pod }) =>
					mainContainer(pod).env?.some(
						({ valueFrom }) =>
							`${valueFrom?.secretKeyRef?.name}/${valueFrom?.secretKeyRef?.key}` === wanted,
					),
				)
				.map(({ object }) => object.metadata.name);
		expect(holders("livesoak/api-secret")).toEqual(["coordinator"]);
		expect(holders("livesoak/turn-secret")).toEqual(["coordinator"]);
		expect(holders("livesoak-redis/agent").sort()).toEqual(["agents", "redis"]);
		expect(holders("livesoak-redis/coordinator").sort()).toEqual(["coordinator", "redis"]);
	});

	test.each([
		["Deployment", (spec: object) => ({ ...spec, replica: 4 })],
		["Deployment", (spec: object) => ({ ...spec, template: { spec: { containers: [{}] } } })],
		["NetworkPolicy", (spec: object) => ({ ...spec, egres: [] })],
		["Service", (spec: object) => ({ ...spec, ports: [{ name: "a" }] })],
		["Job", (spec: object) => ({ ...spec, completions: "4" })],
		["ServiceMonitor", (spec: object) => ({ ...spec, endpoints: [{ intervall: "5s" }] })],
		["ServiceMonitor", (spec: object) => ({ ...spec, endpoints: [{ interval: "soon" }] })],
	])("the schema of %s refuses a slip", (kind, slip) => {
		const object = manifests("overlays/full").find((one) => one.kind === kind);
		if (object?.spec === undefined) throw new Error(`no ${kind}`);
		expect(errorsOf(object)).toEqual([]);
		expect(errorsOf({ ...object, spec: slip(object.spec) })).not.toEqual([]);
	});
});

function expectReferences(
	{ env = [], volumeMounts = [] }: Container,
	there: readonly KubernetesObject[],
	volumes: readonly string[],
): void {
	for (const { valueFrom } of env) {
		const map = valueFrom?.configMapKeyRef;
		if (map) expect(objectOf(there, "ConfigMap", map.name).data).toHaveProperty([map.key]);
	}
	for (const { name } of volumeMounts) expect(volumes).toContain(name);
}

interface Selector {
	readonly matchLabels?: Readonly<Record<string, string>>;
	readonly matchExpressions?: readonly {
		readonly key: string;
		readonly operator: string;
		readonly values: readonly string[];
	}[];
}

/** Selectors of pods within the namespace; a ServiceMonitor selects services, which have their pods' label. */
function selectorsOf(kind: string, spec: KubernetesObject["spec"]): Selector[] {
	if (kind === "Service") return [{ matchLabels: spec?.selector as Record<string, string> }];
	const selectors: Selector[] = [];
	const look = (value: unknown, key = "") => {
		if (typeof value !== "object" || value === null) return;
		if (/^(podSelector|selector|labelSelector)$/.test(key)) selectors.push(value as Selector);
		for (const [inner, one] of Object.entries(value)) look(one, Array.isArray(value) ? key : inner);
	};
	look(spec);
	return selectors;
}

function matches(
	{ matchLabels = {}, matchExpressions = [] }: Selector,
	labels: Readonly<Record<string, string>>,
): boolean {
	return (
		Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
		matchExpressions.every(
			({ key, operator, values }) => operator === "In" && values.includes(labels[key] ?? ""),
		)
	);
}
