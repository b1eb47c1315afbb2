import { redact } from "../../error/redact.js";
import { UserError } from "../../error/user-error.js";
import { parseIceUri } from "../../ice/uri.js";

type Scheme = "ws" | "wss" | "turn" | "turns";

interface Entry {
	readonly scheme: Scheme;
	/** In the normal form of URLs; of `*.example.com` what comes after the star, with its dot. */
	readonly host: string;
	readonly isWildcard: boolean;
	readonly port: number | "any";
}

const defaultPorts: Readonly<Record<Scheme, number>> = {
	...{ ws: 80, wss: 443 },
	...{ turn: 3478, turns: 5349 },
};

/** This machine itself, and nothing else. */
export const loopbackOnly: readonly string[] = ["ws", "wss", "turn", "turns"].flatMap((scheme) =>
	["127.0.0.1", "localhost", "[::1]"].map(
		(host) => `${scheme}:${scheme.startsWith("ws") ? "//" : ""}${host}:*`,
	),
);

const example =
	"An entry is ws://HOST[:PORT], wss://HOST[:PORT], turn:HOST[:PORT] or turns:HOST[:PORT]; HOST may be *.example.com, PORT may be *.";

/**
 * The servers that an agent may be aimed at. Who can write into its queue names URLs; this list, which only the
 * agent's own command line can change, says which of them are taken. Names are compared, not addresses: what a name
 * leads to is the matter of the agent's own DNS.
 */
export class AllowList {
	readonly #entries: readonly Entry[];

	/**
	 * @param entries an entry without port means the scheme's own (80, 443, 3478, 5349), `:*` any
	 * @throws UserError naming the entry that is none
	 */
	constructor(entries: readonly string[]) {
		this.#entries = entries.map(parseEntry);
	}

	/**
	 * @returns the URL of a LiveKit server in its normal form, which is to be used from here on: two parsers that read
	 * one text differently can then not be played off against each other
	 * @throws UserError when it is not on the list
	 */
	server(text: string): string {
		const url = URL.canParse(text) ? new URL(text) : undefined;
		const scheme = url?.protocol.slice(0, -1);
		if (!url || (scheme !== "ws" && scheme !== "wss"))
			throw refused(text, "is no ws:// or wss:// URL");
		if (url.username !== "" || url.password !== "")
			throw refused(text, "has a user or password before its host");
		const port = url.port === "" ? defaultPorts[scheme] : Number(url.port);
		if (!this.#allows(scheme, url.hostname, port))
			throw refused(`${url.protocol}//${url.host}`, "is not on this agent's list");
		return url.search === "" && url.hash === "" ? url.href.replace(/\/$/, "") : url.href;
	}

	/**
	 * @param text a TURN URI (RFC 7065)
	 * @throws UserError when it is not on the list, or not such a URI
	 */
	turn(text: string): string {
		const { scheme, host, port } = parseIceUri(text);
		if (scheme !== "turn" && scheme !== "turns") throw refused(text, "is no TURN URI");
		if (!this.#allows(scheme, turnHost(host), port))
			throw refused(text, "is not on this agent's list");
		return text;
	}

	#allows(scheme: Scheme, host: string, port: number): boolean {
		return this.#entries.some(
			(entry) =>
				entry.scheme === scheme &&
				(entry.port === "any" || entry.port === port) &&
				(entry.isWildcard ? isOneLabelBelow(host, entry.host) : host === entry.host),
		);
	}
}

function isOneLabelBelow(host: string, suffix: string): boolean {
	if (!host.endsWith(suffix)) return false;
	const label = host.slice(0, -suffix.length);
	return label !== "" && !label.includes(".");
}

function parseEntry(text: string): Entry {
	const [, schemeText = "", slashes, star, hostText = "", portText] =
		/^(wss?|turns?):(\/\/)?(\*\.)?(\[[0-9a-f:.]+\]|[^\s/?#@:*[\]\\]+)(?::(\d+|\*))?\/?$/i.exec(
			text,
		) ?? [];
	const scheme = schemeText.toLowerCase();
	if (!isScheme(scheme) || (slashes !== undefined) !== scheme.startsWith("ws"))
		throw wrongEntry(text, "is no entry of an allow-list");
	// Only of URLs with this kind of scheme the parser knows what a host is.
	const asUrl = `ws://${hostText}`;
	const host = URL.canParse(asUrl) ? new URL(asUrl).hostname : "";
	if (host === "") throw wrongEntry(text, "names no host");
	const isWildcard = star !== undefined;
	if (isWildcard && (/^[\d.]+$|^\[/.test(host) || !host.includes(".")))
		throw wrongEntry(text, "has a star that is not one label of a name such as *.example.com");
	const port = portText === "*" ? "any" : Number(portText ?? defaultPorts[scheme]);
	if (port !== "any" && !(port >= 1 && port <= 65_535))
		throw wrongEntry(text, "has a port that is none");
	return { scheme, isWildcard, port, host: isWildcard ? `.${host}` : host };
}

/** As the entries have theirs. A resolver reads `0x7f.1` as an address, we do not: such a one is on no list. */
function turnHost(host: string): string {
	return host.includes(":") ? new URL(`ws://[${host}]`).hostname : host.toLowerCase();
}

function isScheme(text: string): text is Scheme {
	return Object.hasOwn(defaultPorts, text);
}

function wrongEntry(text: string, what: string): UserError {
	return new UserError({ message: `--allow-url ${redact(text)} ${what}.`, hint: example });
}

function refused(text: string, what: string): UserError {
	return new UserError({
		message: `${redact(text).slice(0, 200)} ${what}.`,
		hint: "The agent's --allow-url says what it connects to; without it, this machine only.",
	});
}
