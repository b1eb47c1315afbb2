import { UserError } from "../error/user-error.js";

export type IceUriScheme = "stun" | "stuns" | "turn" | "turns";

/** A STUN or TURN URI (RFC 7064, RFC 7065). */
export interface IceUri {
	readonly scheme: IceUriScheme;
	/** Name or address; IPv6 without its brackets. */
	readonly host: string;
	/** The default of the scheme (3478; 5349 with TLS) where the text names none. */
	readonly port: number;
	/** From `?transport=`; without it a TURN server is expected to serve UDP and TCP alike. */
	readonly transport?: "udp" | "tcp";
}

const defaultPorts: Readonly<Record<IceUriScheme, number>> = {
	stun: 3478,
	stuns: 5349,
	turn: 3478,
	turns: 5349,
};

const example = 'A TURN URI looks like "turn:turn.example.org:3478?transport=udp" (RFC 7065).';

/**
 * Reads a STUN or TURN URI.
 * @throws UserError that names the URI (without a password that stands in it) and what is wrong with it.
 */
export function parseIceUri(text: string): IceUri {
	const fail = (reason: string, hint = example): never => {
		throw new UserError({ message: `ICE server URI "${masked(text)}" ${reason}.`, hint });
	};

	const [, schemeText, rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
	const scheme = schemeText?.toLowerCase();
	if (scheme === undefined || !isScheme(scheme))
		return fail(
			scheme === undefined || /^\d+(\?|$)/.test(rest)
				? "has no scheme"
				: `has the scheme "${scheme}"; stun, stuns, turn and turns are known`,
		);
	if (/^(stuns?|turns?):/i.test(rest))
		return fail("has its scheme twice", `Leave one of them out: "${masked(rest)}"?`);
	if (rest.startsWith("//")) return fail('has "//" after its scheme');
	if (rest.includes("@"))
		return fail("holds a user name", "Credentials are given apart from the URI (--turn-username).");

	const [authority = "", ...queries] = rest.split("?");
	const { host, portText } = splitAuthority(authority, fail);
	const port = portText === undefined ? defaultPorts[scheme] : Number(portText);
	if (portText !== undefined && !(/^\d+$/.test(portText) && port >= 1 && port <= 65_535))
		return fail(`has the port "${portText}"; a port is a number from 1 to 65535`);

	if (queries.length === 0) return { scheme, host, port };
	const query = queries.join("?");
	if (scheme === "stun" || scheme === "stuns")
		return fail(`has "?${query}"; a STUN URI has no parameters (RFC 7064)`);
	const [name, value = "", ...more] = query.split("=");
	if (name !== "transport" || more.length > 0)
		return fail(`has the parameter "${query}"; only transport=udp and transport=tcp exist`);
	const transport = value.toLowerCase();
	if (transport !== "udp" && transport !== "tcp")
		return fail(`has the transport "${value}"; udp and tcp are known`);
	return { scheme, host, port, transport };
}

/** The URI as text, always with its port. */
export function formatIceUri(uri: IceUri): string {
	const host = uri.host.includes(":") ? `[${uri.host}]` : uri.host;
	const query = uri.transport === undefined ? "" : `?transport=${uri.transport}`;
	return `${uri.scheme}:${host}:${uri.port}${query}`;
}

function splitAuthority(
	authority: string,
	fail: (reason: string) => never,
): { host: string; portText?: string } {
	const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(authority);
	if (bracketed) {
		const [, host = "", portText] = bracketed;
		if (!isIPv6(host)) return fail(`has "[${host}]", which is no IPv6 address`);
		return portText === undefined ? { host } : { host, portText };
	}
	const [host = "", portText, ...more] = authority.split(":");
	if (more.length > 0)
		return fail(
			isIPv6(authority)
				? "needs brackets round its IPv6 address"
				: "has too many colons after its scheme",
		);
	if (host === "") return fail("has no host");
	// RFC 3986 reg-name without percent-encoding: DNS knows none.
	if (!/^[a-z0-9._~-]+$/i.test(host)) return fail(`has the host "${host}", which is no host name`);
	return portText === undefined ? { host } : { host, portText };
}

function isScheme(text: string): text is IceUriScheme {
	return Object.hasOwn(defaultPorts, text);
}

/** The WHATWG parser knows the grammar of RFC 4291, with "::" and a dotted tail. */
function isIPv6(text: string): boolean {
	return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

/** A text that may hold `user:password@`, fit to be shown. */
function masked(text: string): string {
	const at = text.lastIndexOf("@");
	return at < 0 ? text : `…${text.slice(at)}`;
}
