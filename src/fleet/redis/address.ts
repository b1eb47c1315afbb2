import { readFile } from "node:fs/promises";
import { UserError } from "../../error/user-error.js";

/** Where Redis is, and who we are to it. */
export interface RedisAddress {
	readonly host: string;
	readonly port: number;
	/** TLS; the host's name or address must be in the server's certificate. */
	readonly tls: boolean;
	/** Authorities to trust instead of the public ones, as PEM. */
	readonly caPem?: string;
	/** Of the ACL; absent: `default`. */
	readonly username?: string;
	readonly password?: string;
	readonly db: number;
	/** A Redis Cluster: the others of its nodes are found through this one. */
	readonly cluster: boolean;
	/** The URL without user and password, for messages. */
	readonly text: string;
	/** What no message and no file may hold. */
	readonly secrets: readonly string[];
}

/** The variable with the password, where other users of the machine do not see it. */
export const passwordVariable = "LIVESOAK_REDIS_PASSWORD";

const example = "For example redis://HOST:6379, or rediss://USER@HOST:6380 with TLS.";

/**
 * The Redis at `text`: `redis[s]://[user[:password]@]host[:port][/db][?cluster=true]`. Its password is better in
 * `LIVESOAK_REDIS_PASSWORD`.
 * @param flag the one that named it, for messages
 * @param caPem certificates of the private authority that signed the server's
 * @throws UserError naming the flag or the variable, never a secret
 */
export function parseRedisUrl(
	text: string,
	env: Readonly<Record<string, string | undefined>>,
	flag = "--redis",
	caPem?: string,
): RedisAddress {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol !== "redis:" && url?.protocol !== "rediss:")
		throw wrong(flag, text === "" ? "is empty" : "is not a redis:// or rediss:// URL");
	if (url.hostname === "") throw wrong(flag, "names no host");
	if (url.port === "0") throw wrong(flag, "has port 0, where nothing can listen");
	if (url.hash !== "") throw wrong(flag, "has a fragment (#…)");
	const tls = url.protocol === "rediss:";
	if (caPem !== undefined && !tls)
		throw new UserError({
			message: `--redis-ca is given, and ${flag} is a redis:// URL, which means no TLS.`,
			hint: "Write rediss:// for TLS, or leave --redis-ca out.",
		});
	const cluster = readCluster(flag, url.searchParams);
	const db = readDb(flag, url.pathname);
	if (cluster && db !== 0)
		throw wrong(flag, `names database ${db}, and a Redis Cluster has database 0 only`);
	const port = url.port === "" ? 6379 : Number(url.port);
	const where = `${url.protocol}//${url.hostname}:${port}`;
	return {
		// Without the brackets of an IPv6 address, which belong to the URL only.
		host: decoded(flag, "host", url.hostname).replace(/^\[(.*)\]$/, "$1"),
		...{ port, tls, db, cluster, text: db === 0 ? where : `${where}/${db}` },
		...(caPem === undefined ? {} : { caPem }),
		...readCredentials(flag, url, env),
	};
}

/**
 * The certificates of `--redis-ca`.
 * @throws UserError when the file cannot be read or holds no certificate
 */
export async function readRedisCa(file: string, flag = "--redis-ca"): Promise<string> {
	const hint = "Name the PEM file with the certificate of the authority that signed the server's.";
	const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
		const why = cause.code === "ENOENT" ? "does not exist" : `cannot be read (${cause.code})`;
		throw new UserError({ message: `${flag} ${file} ${why}.`, hint, cause });
	});
	if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
	throw new UserError({ message: `${flag} ${file} holds no certificate in PEM form.`, hint });
}

function readCluster(flag: string, query: URLSearchParams): boolean {
	for (const name of query.keys())
		if (name !== "cluster") throw wrong(flag, `has an unknown parameter "${name}"`);
	const values = query.getAll("cluster");
	const [value] = values;
	if (value === undefined) return false;
	if (values.length === 1 && (value === "true" || value === "false")) return value === "true";
	throw wrong(flag, "has a parameter cluster that is not true or false");
}

function readDb(flag: string, path: string): number {
	if (path === "" || path === "/") return 0;
	const digits = /^\/(\d{1,4})$/.exec(path)?.[1];
	if (digits === undefined) throw wrong(flag, "has a path that is not the number of a database");
	return Number(digits);
}

function readCredentials(
	flag: string,
	url: URL,
	env: Readonly<Record<string, string | undefined>>,
): Pick<RedisAddress, "username" | "password" | "secrets"> {
	const username = decoded(flag, "user name", url.username);
	const inUrl = decoded(flag, "password", url.password);
	// An empty variable is an unset one. A file's last line break is never part of a password.
	const inEnv = (env[passwordVariable] ?? "").replace(/\r?\n$/, "");
	if (inUrl !== "" && inEnv !== "")
		throw new UserError({
			message: `${flag} has a password, and ${passwordVariable} is set too.`,
			hint: `Leave it out of the URL: other users of this machine can see it there.`,
		});
	const password = inUrl === "" ? inEnv : inUrl;
	if (username !== "" && password === "")
		throw new UserError({
			message: `${flag} names a user, and there is no password.`,
			hint: `Set ${passwordVariable}.`,
		});
	return {
		...(username === "" ? {} : { username }),
		...(password === "" ? {} : { password }),
		secrets: [...new Set([password, inUrl === "" ? "" : url.password])].filter(Boolean),
	};
}

function decoded(flag: string, what: string, text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw wrong(flag, `has a ${what} with a % that begins no code`);
	}
}

function wrong(flag: string, what: string): UserError {
	return new UserError({ message: `${flag} ${what}.`, hint: example });
}
