import { createHash } from "node:crypto";

/** What does not change what is run and measured: thresholds judge it, and the seed is told apart by itself. */
const without: ReadonlySet<string> = new Set(["thresholds", "seed"]);

/**
 * Rounds may only be compared when they ran the same scenario: SHA-256 of it, whatever the order of its keys.
 * @param scenario after overrides, also as run.json has it
 * @param sound content of the WAV file that `audio.source` names, so that the file may lie elsewhere
 */
export function scenarioHash(scenario: unknown, sound?: Uint8Array): string {
	// As it comes back from a file: what is undefined is not there.
	const plain = JSON.parse(JSON.stringify(scenario)) as { audio?: { source?: unknown } };
	if (sound && plain.audio) plain.audio.source = "a sound of its own";
	const hash = createHash("sha256").update(JSON.stringify(sorted(plain, without)));
	if (sound) hash.update(sound);
	return hash.digest("hex").slice(0, 16);
}

function sorted(value: unknown, leftOut: ReadonlySet<string> = new Set()): unknown {
	if (Array.isArray(value)) return value.map((each) => sorted(each));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !leftOut.has(key))
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, each]) => [key, sorted(each)]),
	);
}
