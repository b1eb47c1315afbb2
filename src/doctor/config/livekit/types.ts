import { isIP, isIPv6 } from "node:net";
import type { KeyType } from "./key-type.js";
import { knownKeys } from "./known-keys.js";
import { type LiveKitConfig, type Path, pathText } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";

/** Values of a kind that livekit-server cannot read: it ends at once. */
export const types: LiveKitRule = function* (config) {
	for (const { path, want, number } of wrong(config, [], knownKeys)) {
		const name = pathText(path);
		yield config.finding(path, {
			id: "livekit-wrong-type",
			title: `livekit.yaml: ${name} is no ${want}`,
			cause: "livekit-server cannot read its config and refuses to start.",
			fix: number === undefined ? `give ${name} a ${want}.` : `write ${number} without quotes.`,
			edits: number === undefined ? [] : [{ do: "set", path, value: number }],
		});
	}
};

interface Wrong {
	readonly path: Path;
	readonly want: string;
	/** A number in quotes. */
	readonly number?: number;
}

function* wrong(config: LiveKitConfig, path: Path, type: KeyType): Generator<Wrong> {
	const value = config.get(path);
	if (value === undefined || type === "any") return;
	if (typeof type === "string") {
		const want = scalars[type].read(value, config.isPlain(path)) ? undefined : scalars[type].name;
		if (want === undefined) return;
		const isNumber = type === "int" || type === "uint" || type === "float";
		const number =
			isNumber && typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
		const isRight = scalars[type].read(number, true);
		yield isRight ? { path, want, number } : { path, want };
	} else if ("list" in type) {
		if (!Array.isArray(value)) yield { path, want: "list" };
		else for (const i of value.keys()) yield* wrong(config, [...path, i], type.list);
	} else if (typeof value !== "object" || Array.isArray(value)) {
		yield { path, want: "mapping" };
	} else {
		for (const key of config.keys(path)) {
			const below =
				"map" in type ? type.map : Object.hasOwn(type.keys, key) ? type.keys[key] : undefined;
			if (below !== undefined) yield* wrong(config, [...path, key], below);
		}
	}
}

interface Scalar {
	/** As a message names it. */
	readonly name: string;
	/** Whether the server can read it. YAML 1.1's `1_000` and `0o17` are numbers to it when they have no quotes. */
	read(value: unknown, isPlain: boolean): boolean;
}

type ScalarType = Exclude<Extract<KeyType, string>, "any">;

const scalars: Readonly<Record<ScalarType, Scalar>> = {
	bool: {
		name: "boolean (true or false)",
		read: (value) => typeof value === "boolean" || /^(y|Y|yes|on|n|N|no|off)$/.test(String(value)),
	},
	int: {
		name: "whole number",
		read: (value, isPlain) => Number.isInteger(numberOf(value, isPlain)),
	},
	uint: {
		name: "whole number from 0",
		read: (value, isPlain) => {
			const number = numberOf(value, isPlain);
			return Number.isInteger(number) && number >= 0;
		},
	},
	float: { name: "number", read: (value, isPlain) => Number.isFinite(numberOf(value, isPlain)) },
	string: { name: "text", read: (value) => typeof value !== "object" },
	duration: {
		name: 'duration such as "500ms" or "5s"',
		read: (value) =>
			Number.isInteger(value) || /^[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(String(value)),
	},
	ports: {
		name: 'port or range of ports such as "7882-7892"',
		read: (value) => isPorts(String(value)),
	},
	nodeIp: { name: "IP address (names are not resolved)", read: (value) => isNodeIp(String(value)) },
};

function numberOf(value: unknown, isPlain: boolean): number {
	if (typeof value === "number") return value;
	const isYaml11 = typeof value === "string" && isPlain && /^[-+]?\d[\d_.]*$/.test(value);
	return isYaml11 ? Number(value.replaceAll("_", "")) : Number.NaN;
}

/** An end that is not after the start is refused, too. */
function isPorts(text: string): boolean {
	const [, start, end] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(text) ?? [];
	return start !== undefined && (end === undefined || Number(end) > Number(start));
}

/** One address, or one of each family. */
function isNodeIp(text: string): boolean {
	const parts = text.split(",").map((part) => part.trim());
	const isEachOnce = new Set(parts.map((part) => isIPv6(part))).size === parts.length;
	return parts.every((part) => isIP(part) !== 0) && isEachOnce;
}
