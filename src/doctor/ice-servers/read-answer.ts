import type { HandedIceServer } from "../context.js";

const listFields = ["iceServers", "ice_servers"];
const uriFields = ["uris", "urls", "url", "uri"];
const passwordFields = ["password", "credential"];

/**
 * ICE servers in a credential service's answer, in the shapes that `ice/turn-answer.ts` knows, but with everything in
 * them, doubled, malformed and STUN: what a run leaves out a browser chokes on.
 * @returns undefined where the answer is no JSON object or array
 */
export function readServiceAnswer(answer: unknown): HandedIceServer[] | undefined {
	const entries = entriesOf(answer);
	return entries?.flatMap((entry) => {
		const urls = uriFields.flatMap((field) => entry[field]).filter(isText);
		if (urls.length === 0) return [];
		const password = passwordFields.map((field) => entry[field]).find(isText) ?? "";
		const username = isText(entry.username) ? entry.username : "";
		return [{ urls, username, password, from: "service" as const }];
	});
}

type Entry = Readonly<Record<string, unknown>>;

function entriesOf(answer: unknown): Entry[] | undefined {
	if (Array.isArray(answer)) return answer.filter(isEntry);
	if (!isEntry(answer)) return undefined;
	for (const field of listFields) {
		const list = answer[field];
		if (Array.isArray(list)) return list.filter(isEntry);
		if (isEntry(list)) return [list];
	}
	return [answer];
}

function isEntry(value: unknown): value is Entry {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
	return typeof value === "string" && value !== "";
}
