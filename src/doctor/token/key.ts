import { likelyFault } from "../certainty.js";
import type { Finding } from "../finding.js";

export interface Key {
	readonly apiKey: string;
	readonly apiSecret: string;
}

/** What looks wrong about a key and its secret by themselves, before any server has seen them. */
export function lintKey(key: Key): Finding[] {
	return [
		...(isSwapped(key) ? [swapped] : []),
		...dirty("secret", "LIVEKIT_API_SECRET", key.apiSecret),
		...dirty("key", "LIVEKIT_API_KEY", key.apiKey),
	];
}

/** `livekit-server generate-keys` and LiveKit Cloud make keys that start with API, and secrets that do not. */
export function isSwapped({ apiKey, apiSecret }: Key): boolean {
	return /^API[A-Za-z0-9]{6,}$/.test(apiSecret) && !apiKey.startsWith("API");
}

const swapped: Finding = {
	id: "token.key-secret-swapped",
	...likelyFault,
	title:
		"the API key and the API secret look swapped: the secret starts with API, the key does not",
	cause: "The server looks the key up by its name and finds none: it answers 401.",
	fix: "Swap LIVEKIT_API_KEY and LIVEKIT_API_SECRET.",
	evidence: [],
};

function dirty(what: "key" | "secret", variable: string, text: string): Finding[] {
	const found = [
		...(/^\s|\s$/.test(text) ? ["white space or a line break at its end"] : []),
		...(/\S\s+\S/.test(text) ? ["white space inside"] : []),
		...(/^(["'`]).*\1$/s.test(text.trim()) ? ["quotation marks round it"] : []),
	];
	if (found.length === 0) return [];
	return [
		{
			id: what === "secret" ? "token.secret-extra-characters" : "token.key-extra-characters",
			...likelyFault,
			title: `the API ${what} has ${found.join(" and ")}`,
			cause: "Every character counts: the server has it without, and answers 401.",
			fix: `Take that off ${variable} (a file ends with a line break; an env file may keep quotation marks).`,
			evidence: [],
		},
	];
}
