import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { dockerFolder } from "./compose-file.js";
import { kustomize } from "./real-parts.js";

export const k8sFolder = resolve(dockerFolder, "k8s");

type Texts = Readonly<Record<string, string>>;
type Reference = { readonly name: string; readonly key: string };

export interface EnvironmentEntry {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: {
		readonly fieldRef?: { readonly fieldPath: string };
		readonly configMapKeyRef?: Reference;
		readonly secretKeyRef?: Reference;
	};
}

/** A container, as far as tests look at it. */
export interface Container {
	readonly name: string;
	readonly image: string;
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly workingDir?: string;
	readonly env?: readonly EnvironmentEntry[];
	readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
	readonly readinessProbe?: { readonly exec: { readonly command: readonly string[] } };
	readonly resources?: { readonly requests?: Texts; readonly limits?: Texts };
	readonly securityContext?: Readonly<Record<string, unknown>>;
	readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Volume {
	readonly name: string;
	readonly configMap?: { readonly name: string };
	readonly secret?: { readonly secretName: string };
	readonly persistentVolumeClaim?: { readonly claimName: string };
	readonly emptyDir?: object;
}

export interface Pod {
	readonly metadata: { readonly labels: Texts };
	readonly spec: {
		readonly hostNetwork?: boolean;
		readonly terminationGracePeriodSeconds?: number;
		readonly automountServiceAccountToken?: boolean;
		readonly securityContext?: Readonly<Record<string, unknown>>;
		readonly initContainers?: readonly Container[];
		readonly containers: readonly Container[];
		readonly volumes?: readonly Volume[];
	};
}

/** An object of any kind; the schema of its kind says whether it is one. */
export interface KubernetesObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Texts;
		readonly annotations?: Texts;
	};
	readonly data?: Texts;
	readonly spec?: Readonly<Record<string, unknown>> & {
		readonly replicas?: number;
		readonly template?: Pod;
		readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
	};
}

/** What is applied, and for each the whole of what is there then. */
export const overlays = {
	base: ["base", "run"],
	run: ["base", "run"],
	"overlays/ci": ["overlays/ci"],
	"overlays/full": ["overlays/full"],
	"overlays/resume": ["base", "overlays/resume"],
} as const;
export type Overlay = keyof typeof overlays;

/** Every object that is there when an overlay is applied. */
export function withRest(overlay: Overlay): readonly KubernetesObject[] {
	return overlays[overlay].flatMap((one) => manifests(one));
}

const built = new Map<string, readonly KubernetesObject[]>();

/** What `kubectl apply -k docker/k8s/NAME` would apply; built once, only by tests that run. */
export function manifests(name: string): readonly KubernetesObject[] {
	const objects = built.get(name) ?? build(name);
	built.set(name, objects);
	return objects;
}

function build(name: string): KubernetesObject[] {
	const text = execFileSync(kustomize(), ["build", resolve(k8sFolder, name)], {
		encoding: "utf8",
		timeout: 30_000,
	});
	return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** The object of that kind and name; throws where there is none. */
export function objectOf(
	objects: readonly KubernetesObject[],
	kind: string,
	name: string,
): KubernetesObject {
	const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
	if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
	return found;
}

/** Those of the objects that make pods, with the pod that they make. */
export function podsOf(objects: readonly KubernetesObject[]) {
	return objects.flatMap((object) =>
		object.spec?.template === undefined ? [] : [{ object, pod: object.spec.template }],
	);
}

/** The container that does the work. */
export function mainContainer({ spec }: Pod): Container {
	const [container] = spec.containers;
	if (container === undefined) throw new Error("a pod without a container");
	return container;
}

/** What a kubelet knows when it starts a container. */
export interface Surroundings {
	readonly podName: string;
	readonly objects: readonly KubernetesObject[];
	/** The values of Secrets: by the Secret's name, a slash and the key. */
	readonly secrets: Texts;
}

/** The variables of a container; throws where a reference leads nowhere. */
export function environmentOf({ env = [] }: Container, around: Surroundings): Texts {
	return Object.fromEntries(env.map((entry) => [entry.name, wordOf(entry, around)]));
}

function wordOf({ name, value, valueFrom }: EnvironmentEntry, around: Surroundings): string {
	const { fieldRef, configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {};
	const found =
		value ??
		(fieldRef?.fieldPath === "metadata.name" ? around.podName : undefined) ??
		(map && objectOf(around.objects, "ConfigMap", map.name).data?.[map.key]) ??
		(secret && around.secrets[`${secret.name}/${secret.key}`]);
	if (found === undefined) throw new Error(`the variable ${name} has no value`);
	return found;
}

/** The words after the image's entrypoint, with `$(NAME)` filled in as a kubelet does it. */
export function argumentsOf(container: Container, environment: Texts): string[] {
	return (container.args ?? []).map((word) =>
		word.replaceAll(/\$\((\w+)\)/g, (all, name: string) => environment[name] ?? all),
	);
}
