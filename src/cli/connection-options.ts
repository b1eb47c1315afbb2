import { readFile } from "node:fs/promises";
import type { Argv } from "yargs";
import { UserError } from "../error/user-error.js";
import { parseIceUri } from "../ice/uri.js";
import type { Connection, TokenSettings, TurnSettings } from "../pool/connection.js";
import { parseTokenBody } from "../token/token-body.js";

/** The flags that say which server, with whose tokens, through which TURN server. */
export function connectionOptions<T>(yargs: Argv<T>) {
	return yargs
		.option("url", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "LiveKit server, ws:// or wss:// (LIVEKIT_URL); without it one is started here",
		})
		.option("api-key", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "API key (LIVEKIT_API_KEY)",
		})
		.option("api-secret", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "API secret; better in LIVEKIT_API_SECRET, where other users cannot see it",
		})
		.option("token-url", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "Service that makes access tokens: POST, JSON",
		})
		.option("token-body", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "JSON to POST there; {identity}, {room} and {index} are filled in",
		})
		.option("token-field", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "Field of its answer that holds the token, such as data.token",
		})
		.option("token-url-field", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "Field of its answer that holds the LiveKit URL",
		})
		.option("turn", {
			...{ type: "string", array: true, nargs: 1, group: "TURN:" },
			describe: "turn:HOST:PORT?transport=udp|tcp or turns:HOST:PORT?transport=tcp; repeatable",
		})
		.option("turn-secret", {
			...{ type: "string", requiresArg: true, group: "TURN:" },
			describe: "Shared secret for REST credentials; better in LIVESOAK_TURN_SECRET",
		})
		.option("turn-username", {
			...{ type: "string", requiresArg: true, group: "TURN:" },
			describe: "Static user name (LIVESOAK_TURN_USERNAME)",
		})
		.option("turn-password", {
			...{ type: "string", requiresArg: true, group: "TURN:" },
			describe: "Its password; better in LIVESOAK_TURN_PASSWORD",
		})
		.option("turn-url", {
			...{ type: "string", requiresArg: true, group: "TURN:" },
			describe: "Service that hands out TURN servers and credentials: GET, JSON",
		})
		.option("turn-ca", {
			...{ type: "string", requiresArg: true, group: "TURN:" },
			describe: "PEM file of the private CA of a turns: server",
		});
}

/** What yargs makes of these flags. */
export interface ConnectionFlags {
	readonly url?: string | undefined;
	readonly apiKey?: string | undefined;
	readonly apiSecret?: string | undefined;
	readonly tokenUrl?: string | undefined;
	readonly tokenBody?: string | undefined;
	readonly tokenField?: string | undefined;
	readonly tokenUrlField?: string | undefined;
	readonly turn?: readonly string[] | undefined;
	readonly turnSecret?: string | undefined;
	readonly turnUsername?: string | undefined;
	readonly turnPassword?: string | undefined;
	readonly turnUrl?: string | undefined;
	readonly turnCa?: string | undefined;
}

/**
 * The connection to a server that the user named, or undefined where one is to be started.
 * @throws UserError naming the flag that is wrong or missing
 */
export function namedServer(
	flags: ConnectionFlags,
	env: NodeJS.ProcessEnv,
): Pick<Connection, "url" | "tokens"> | undefined {
	if (flags.tokenUrl === undefined) {
		for (const flag of ["tokenBody", "tokenField", "tokenUrlField"] as const)
			needs(flags, flag, "--token-url");
	} else {
		for (const flag of ["apiKey", "apiSecret"] as const)
			excludes(flags, flag, "--token-url", "The service at --token-url signs the tokens itself.");
	}
	// An empty variable is an unset one; an empty flag is a script's unset variable, and no wish.
	const url = flags.url ?? (env.LIVEKIT_URL || undefined);
	if (url === undefined) {
		for (const flag of ["tokenUrl", "apiKey", "apiSecret"] as const)
			needs(flags, flag, "--url", "Give --url wss://HOST (or LIVEKIT_URL).");
		return undefined;
	}
	return {
		url: checkedUrl(url, flags.url === undefined ? "LIVEKIT_URL" : "--url"),
		tokens: tokenSettings(flags, env),
	};
}

/** The URL with its scheme in lower case, as all that follow compare it. */
function checkedUrl(url: string, flag: string): string {
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	if (parsed?.protocol === "ws:" || parsed?.protocol === "wss:")
		return url.trim().replace(/^wss?:/i, parsed.protocol);
	const isHttp = parsed?.protocol === "http:" || parsed?.protocol === "https:";
	const path = parsed?.pathname === "/" ? "" : parsed?.pathname;
	throw new UserError({
		message: parsed
			? `${flag} has the scheme ${parsed.protocol.slice(0, -1)}; LiveKit's signalling is a WebSocket.`
			: `${flag} is ${url === "" ? "empty" : "not a URL"}.`,
		hint: isHttp
			? `Write ${parsed.protocol.replace("http", "ws")}//${parsed.host}${path}`
			: "Write ws://HOST:7880 or wss://HOST",
	});
}

function tokenSettings(flags: ConnectionFlags, env: NodeJS.ProcessEnv): TokenSettings {
	if (flags.tokenUrl !== undefined) {
		return {
			...{ kind: "service", url: flags.tokenUrl },
			...(flags.tokenBody === undefined ? {} : { body: parseTokenBody(flags.tokenBody) }),
			...(flags.tokenField === undefined ? {} : { responseField: flags.tokenField }),
			...(flags.tokenUrlField === undefined ? {} : { urlField: flags.tokenUrlField }),
		};
	}
	const apiKey = flags.apiKey ?? env.LIVEKIT_API_KEY ?? "";
	const apiSecret = flags.apiSecret ?? env.LIVEKIT_API_SECRET ?? "";
	return { kind: "minted", apiKey, apiSecret };
}

const turnCredentialFlags = ["turnSecret", "turnUsername", "turnPassword"] as const;

/**
 * The TURN servers that the user named, or undefined.
 * @throws UserError naming the flag that is wrong or missing
 */
export function namedTurn(
	flags: ConnectionFlags,
	env: NodeJS.ProcessEnv,
): TurnSettings | undefined {
	const { turn: uris = [], turnUrl } = flags;
	if (turnUrl !== undefined) {
		const why = "The service at --turn-url names the TURN servers and their credentials itself.";
		for (const flag of ["turn", ...turnCredentialFlags] as const)
			excludes(flags, flag, "--turn-url", why);
		return { kind: "service", url: turnUrl };
	}
	if (uris.length === 0) {
		for (const flag of turnCredentialFlags) needs(flags, flag, "--turn");
		return undefined;
	}
	for (const uri of uris) parseIceUri(uri);
	return turnCredentials(flags, env, uris);
}

/** A flag outranks the variables, whichever of the two kinds of credentials it belongs to. */
function turnCredentials(
	flags: ConnectionFlags,
	env: NodeJS.ProcessEnv,
	uris: readonly string[],
): TurnSettings {
	const isStatic = flags.turnUsername !== undefined || flags.turnPassword !== undefined;
	if (isStatic)
		excludes(flags, "turnSecret", "--turn-username", "Give one of the two kinds of credentials.");
	const secret = isStatic ? undefined : (flags.turnSecret ?? env.LIVESOAK_TURN_SECRET);
	if (secret !== undefined && secret !== "") return { kind: "rest", uris, secret };
	const username = flags.turnUsername ?? env.LIVESOAK_TURN_USERNAME;
	const password = flags.turnPassword ?? env.LIVESOAK_TURN_PASSWORD;
	if (flags.turnSecret === undefined && (username !== undefined || password !== undefined))
		return { kind: "static", uris, username: username ?? "", password: password ?? "" };
	throw new UserError({
		message: "--turn needs credentials: the TURN REST secret is missing.",
		hint: "Set LIVESOAK_TURN_SECRET (or --turn-secret), or --turn-username with --turn-password.",
	});
}

/** A flag that could only be ignored is an error. */
function needs(
	flags: ConnectionFlags,
	flag: keyof ConnectionFlags,
	other: string,
	hint?: string,
): void {
	if (flags[flag] === undefined) return;
	const message = `${written(flag)} needs ${other}.`;
	throw new UserError({ message, ...(hint === undefined ? {} : { hint }) });
}

function excludes(
	flags: ConnectionFlags,
	flag: keyof ConnectionFlags,
	other: string,
	hint: string,
): void {
	if (flags[flag] === undefined) return;
	throw new UserError({ message: `${written(flag)} and ${other} exclude each other.`, hint });
}

/** `apiKey` as the command line has it. */
export function written(flag: string): string {
	return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * @param flag the one that named the file
 * @throws UserError when the file of `--turn-ca` cannot be read or is no PEM certificate
 */
export async function readTurnCa(
	path: string | undefined,
	flag = "--turn-ca",
): Promise<string | undefined> {
	if (path === undefined) return undefined;
	let pem: string;
	try {
		pem = await readFile(path, "utf8");
	} catch (cause) {
		const reason = cause instanceof Error && "code" in cause ? cause.code : "unreadable";
		throw new UserError({ message: `${flag} ${path}: cannot be read (${reason}).`, cause });
	}
	if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
	throw new UserError({
		message: `${flag} ${path}: holds no PEM certificate.`,
		hint: "Give the CA's certificate, a text that begins with -----BEGIN CERTIFICATE-----.",
	});
}
