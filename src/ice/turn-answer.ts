/** TURN servers as an HTTP credential service names them, not yet chosen by policy. */
export interface TurnAnswer {
	/** TURN URIs only, without doubles; STUN entries are left out. */
	readonly uris: readonly string[];
	readonly username: string;
	readonly password: string;
}

const uriFields = ["uris", "urls", "url", "uri"] as const;
const passwordFields = ["password", "credential"] as const;
const listFields = ["iceServers", "ice_servers"] as const;

/**
 * Reads the common shapes of a TURN credential service's answer:
 * - `{username, password | credential, uris | urls | url: string | string[], ttl?}` (draft-uberti-behave-turn-rest)
 * - `{iceServers | ice_servers: [{urls, username, credential}]}` (RTCIceServer of W3C WebRTC), or one object there
 * - an array of such servers
 *
 * @returns One answer for each entry with TURN URIs, or a reason in words (field names only, never values).
 */
export function readTurnAnswer(answer: unknown): TurnAnswer[] | string {
	const entries = entriesOf(answer);
	if (entries === undefined) return "is no JSON object or array";
	const found: TurnAnswer[] = [];
	for (const entry of entries) {
		const uris = turnUrisOf(entry);
		if (uris.length === 0) continue;
		const username = entry.username;
		const password = passwordFields.map((field) => entry[field]).find(isText);
		if (!isText(username) || password === undefined)
			return `has TURN URIs without ${isText(username) ? "password or credential" : "username"}; it has: ${namesOf(entry)}`;
		found.push({ uris, username, password });
	}
	if (found.length > 0) return found;
	const fields = [...new Set(entries.flatMap((entry) => Object.keys(entry)))].join(", ");
	return `has no TURN URI in ${uriFields.join(", ")} or ${listFields.join(", ")}; it has: ${fields === "" ? "nothing" : fields}`;
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

function turnUrisOf(entry: Entry): string[] {
	const uris = uriFields.flatMap((field) => entry[field]).filter(isText);
	return [...new Set(uris)].filter((uri) => !/^stuns?:(?!(stun|turn)s?:)/i.test(uri));
}

function namesOf(entry: Entry): string {
	return Object.keys(entry).join(", ");
}

function isEntry(value: unknown): value is Entry {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
	return typeof value === "string" && value !== "";
}
