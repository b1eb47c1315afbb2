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
	const url = flags.url ?? env.LIVEKIT_URL;
	if (url === undefined || url === "") {
		if (flags.tokenUrl === undefined) return undefined;
		throw new UserError({
			message: "--token-url needs a server: --url is missing.",
			hint: "Give --url wss://HOST (or LIVEKIT_URL).",
		});
	}
	checkUrl(url, flags.url === undefined ? "LIVEKIT_URL" : "--url");
	return { url, tokens: tokenSettings(flags, env) };
}

function checkUrl(url: string, flag: string): void {
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	if (parsed?.protocol === "ws:" || parsed?.protocol === "wss:") return;
	const isHttp = parsed?.protocol === "http:" || parsed?.protocol === "https:";
	throw new UserError({
		message: parsed
			? `${flag} has the scheme ${parsed.protocol.slice(0, -1)}; LiveKit's signalling is a WebSocket.`
			: `${flag} is not a URL.`,
		hint: isHttp
			? `Write ${parsed.protocol.replace("http", "ws")}//${parsed.host}`
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
	for (const [flag, given] of [
		["--token-body", flags.tokenBody],
		["--token-field", flags.tokenField],
		["--token-url-field", flags.tokenUrlField],
	]) {
		if (given !== undefined) throw new UserError({ message: `${flag} needs --token-url.` });
	}
	const apiKey = flags.apiKey ?? env.LIVEKIT_API_KEY ?? "";
	const apiSecret = flags.apiSecret ?? env.LIVEKIT_API_SECRET ?? "";
	return { kind: "minted", apiKey, apiSecret };
}

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
		if (uris.length === 0) return { kind: "service", url: turnUrl };
		throw new UserError({
			message: "--turn and --turn-url exclude each other.",
			hint: "The service at --turn-url names the TURN servers itself.",
		});
	}
	if (uris.length === 0) return undefined;
	for (const uri of uris) parseIceUri(uri);
	const secret = flags.turnSecret ?? env.LIVESOAK_TURN_SECRET;
	const username = flags.turnUsername ?? env.LIVESOAK_TURN_USERNAME;
	const password = flags.turnPassword ?? env.LIVESOAK_TURN_PASSWORD;
	if (secret !== undefined && secret !== "") return { kind: "rest", uris, secret };
	if (username !== undefined || password !== undefined)
		return { kind: "static", uris, username: username ?? "", password: password ?? "" };
	throw new UserError({
		message: "--turn needs credentials: the TURN REST secret is missing.",
		hint: "Set LIVESOAK_TURN_SECRET (or --turn-secret), or --turn-username with --turn-password.",
	});
}

/** @throws UserError when the file of `--turn-ca` cannot be read or is no PEM certificate */
export async function readTurnCa(path: string | undefined): Promise<string | undefined> {
	if (path === undefined) return undefined;
	let pem: string;
	try {
		pem = await readFile(path, "utf8");
	} catch (cause) {
		const reason = cause instanceof Error && "code" in cause ? cause.code : "unreadable";
		throw new UserError({ message: `--turn-ca ${path}: cannot be read (${reason}).`, cause });
	}
	if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
	throw new UserError({
		message: `--turn-ca ${path}: holds no PEM certificate.`,
		hint: "Give the CA's certificate, a text that begins with -----BEGIN CERTIFICATE-----.",
	});
}
