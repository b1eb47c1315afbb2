import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

export const dockerFolder = fileURLToPath(new URL("../../docker", import.meta.url));

/** A service of compose.yaml, as far as tests look at it. */
export interface ComposeService {
	readonly image: string;
	readonly build?: { readonly context: string; readonly dockerfile: string };
	readonly entrypoint?: readonly string[];
	readonly command?: readonly string[];
	readonly user?: string;
	readonly environment?: Readonly<Record<string, string>>;
	readonly volumes?: readonly string[];
	readonly ports?: readonly string[];
	readonly read_only?: boolean;
	readonly cap_drop?: readonly string[];
	readonly cap_add?: readonly string[];
	readonly security_opt?: readonly string[];
	readonly healthcheck?: { readonly test: readonly string[] };
	readonly stop_grace_period?: string;
	readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
}

export interface ComposeFile {
	readonly services: Readonly<Record<string, ComposeService>>;
	readonly volumes: Readonly<Record<string, unknown>>;
}

/** What the Compose Specification's own schema says of a file. */
export function bySchema(file: unknown) {
	const schema = readFileSync(
		new URL("../cases/compose/compose-spec.schema.json", import.meta.url),
		"utf8",
	);
	const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
		JSON.parse(schema),
	);
	return { valid: validate(file), errors: validate.errors };
}

/** Variables of `.env`, or a word that tells which one was asked for and not given. */
export type Variables = Readonly<Record<string, string>>;

/** compose.yaml, or the one named, its `<<` merged and its variables filled in as `docker compose` does. */
export function readCompose(variables: Variables, file = "compose.yaml"): ComposeFile {
	const text = readFileSync(resolve(dockerFolder, file), "utf8");
	return parse(interpolate(text, variables), { merge: true }) as ComposeFile;
}

/**
 * `${NAME:-default}` and `${NAME:?message}` of the Compose Specification, the two that are used.
 * @throws Error as `docker compose` refuses: a required variable that is not set, or empty
 */
export function interpolate(text: string, variables: Variables): string {
	return text.replaceAll(
		/\$\{(\w+):([-?])([^}]*)\}/g,
		(_all, name: string, operator: string, rest: string) => {
			const value = variables[name];
			if (value) return value;
			if (operator === "?") throw new Error(`required variable ${name} is missing: ${rest}`);
			return rest;
		},
	);
}

/** Files of this checkout that the service sees: path in the container, to path here. */
export function mountsOf({ volumes = [] }: ComposeService): ReadonlyMap<string, string> {
	return new Map(
		volumes
			.map((volume) => volume.split(":"))
			.filter(([source = ""]) => source.startsWith("."))
			.map(([source = "", target = ""]) => [target, resolve(dockerFolder, source)]),
	);
}

/** The service of that name; throws where there is none. */
export function serviceOf({ services }: ComposeFile, name: string): ComposeService {
	const service = services[name];
	if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
	return service;
}
