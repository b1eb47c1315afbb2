import { didYouMean, nearest } from "../../../error/nearest.js";
import type { KeyType } from "./key-type.js";
import { knownKeys, knownKeysVersion } from "./known-keys.js";
import { type LiveKitConfig, type Path, pathText } from "./livekit-config.js";
import type { LiveKitRule } from "./rule.js";
import { isNewer } from "./version.js";

/** Keys that livekit-server does not know: it reads its config strictly and ends at once. */
export const knownKeysOnly: LiveKitRule = function* (config, { serverVersion }) {
	const mayBeKnown = serverVersion !== undefined && isNewer(serverVersion, knownKeysVersion);
	for (const { path, known } of unknownKeys(config, [], knownKeys)) {
		const key = String(path.at(-1));
		const meant = nearest(key, known);
		const place = path.length === 1 ? "at the top" : `in ${pathText(path.slice(0, -1))}`;
		yield config.finding(path, {
			id: "livekit-unknown-key",
			hidesValue: true,
			...(mayBeKnown ? ({ severity: "warning", confidence: "possible" } as const) : {}),
			title: `livekit.yaml has the unknown key "${key}" ${place}${didYouMean(key, known)}`,
			cause: `livekit-server reads its config strictly and refuses to start: "field ${key} not found" (keys of v${knownKeysVersion}).`,
			fix:
				meant === undefined
					? `remove "${key}", or put it where it belongs (config-sample.yaml of livekit-server).`
					: `write "${meant}" in place of "${key}".`,
			edits: meant === undefined ? [] : [{ do: "rename", path, name: meant }],
		});
	}
};

/** The same key twice in one mapping. */
export const keysOnce: LiveKitRule = function* (config) {
	for (const { key, line } of config.duplicates)
		yield {
			id: "config.livekit-duplicate-key",
			severity: "fault",
			confidence: "proven",
			title: `livekit.yaml has the key "${key}" twice, again in line ${line}`,
			cause: `livekit-server refuses to start: "mapping key "${key}" already defined".`,
			fix: `${config.fileName}:${line}: remove one of the two.`,
			evidence: [`${config.fileName}:${line}: ${key}`],
			line,
			edits: [],
		};
};

function* unknownKeys(
	config: LiveKitConfig,
	path: Path,
	type: KeyType,
): Generator<{ path: Path; known: readonly string[] }> {
	if (typeof type === "string") return;
	if ("list" in type) {
		for (const i of config.list(path).keys()) yield* unknownKeys(config, [...path, i], type.list);
		return;
	}
	for (const key of config.keys(path)) {
		const below = [...path, key];
		if ("map" in type) {
			yield* unknownKeys(config, below, type.map);
			continue;
		}
		const known = Object.hasOwn(type.keys, key) ? type.keys[key] : undefined;
		if (known !== undefined) yield* unknownKeys(config, below, known);
		// A name that is there already cannot be what was meant.
		else {
			const free = Object.keys(type.keys).filter((one) => !config.has([...path, one]));
			yield { path: below, known: free };
		}
	}
}
