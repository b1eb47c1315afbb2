import { UserError } from "../error/user-error.js";

/** A receiver of pushed metrics, as the user named it. */
export interface PushTarget {
	/** The flag that named it. */
	readonly flag: string;
	/** http or https, without a user, a query or a fragment. */
	readonly url: URL;
	/** Value of the `Authorization` header (RFC 6750 or RFC 7617); absent: none is sent. */
	readonly authorization?: string;
	/** What no message and no file may hold. */
	readonly secrets: readonly string[];
}

/** Names of the environment variables with the credentials of a receiver. */
interface CredentialNames {
	readonly token: string;
	readonly username: string;
	readonly password: string;
}

/**
 * The receiver at `text`, with its credentials from the environment: `LIVESOAK_<NAME>_TOKEN`, or
 * `LIVESOAK_<NAME>_USERNAME` and `LIVESOAK_<NAME>_PASSWORD`. Each receiver has variables of its own, so that none
 * is shown the credentials of another.
 * @param flag such as `--otlp`; `<NAME>` is its word in capitals
 * @throws UserError naming the flag or the variable that is wrong, never a secret
 */
export function readPushTarget(
	flag: "--pushgateway" | "--otlp",
	text: string,
	env: Readonly<Record<string, string | undefined>>,
): PushTarget {
	const prefix = `LIVESOAK_${flag.slice(2).toUpperCase()}`;
	const names = {
		token: `${prefix}_TOKEN`,
		username: `${prefix}_USERNAME`,
		password: `${prefix}_PASSWORD`,
	};
	const url = readUrl(flag, text, names);
	return { flag, url, ...readCredentials(names, env) };
}

function readUrl(flag: string, text: string, names: CredentialNames): URL {
	const example = `For example ${flag} ${flag === "--otlp" ? "http://HOST:9090/api/v1/otlp" : "http://HOST:9091"}`;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol !== "http:" && url?.protocol !== "https:") {
		const what = text === "" ? "empty" : "not an http:// or https:// URL";
		throw new UserError({ message: `${flag} is ${what}.`, hint: example });
	}
	if (url.username !== "" || url.password !== "") {
		throw new UserError({
			message: `${flag} has a user name or a password in its URL.`,
			hint: `Other users of this machine could see it: set ${names.username} and ${names.password}, or ${names.token}.`,
		});
	}
	if (/[?#]/.test(text)) {
		throw new UserError({
			message: `${flag} has a query or a fragment in its URL.`,
			hint: example,
		});
	}
	if (flag === "--pushgateway" && /\/metrics(\/|$)/.test(url.pathname)) {
		throw new UserError({
			message: `${flag} ${url.href}: expected the gateway without /metrics.`,
			hint: `Write ${flag} ${url.origin}${url.pathname.replace(/\/metrics(\/.*)?$/, "")}`,
		});
	}
	return url;
}

function readCredentials(
	names: CredentialNames,
	env: Readonly<Record<string, string | undefined>>,
): Pick<PushTarget, "authorization" | "secrets"> {
	// An empty variable is an unset one.
	const [token, username, password] = [names.token, names.username, names.password].map(
		(name) => checked(name, env[name]) || undefined,
	);
	if (token !== undefined) {
		if (username !== undefined || password !== undefined)
			throw new UserError({
				message: `${names.token} and ${username === undefined ? names.password : names.username} exclude each other.`,
				hint: "Set the token, or the user name and the password.",
			});
		return { authorization: `Bearer ${token}`, secrets: [token] };
	}
	if (username === undefined && password === undefined) return { secrets: [] };
	if (username === undefined || password === undefined) {
		const [missing, set] =
			username === undefined ? [names.username, names.password] : [names.password, names.username];
		throw new UserError({ message: `${set} is set, and ${missing} is not.`, hint: "Set both." });
	}
	if (username.includes(":"))
		throw new UserError({
			message: `${names.username} has a colon, which ends a user name (RFC 7617).`,
		});
	const pair = Buffer.from(`${username}:${password}`).toString("base64");
	return { authorization: `Basic ${pair}`, secrets: [password, pair] };
}

/** A line break, as files end with, would make a header of its own. */
function checked(name: string, value: string | undefined): string | undefined {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what no header may hold
	if (value === undefined || !/[\u0000-\u001f\u007f]/.test(value)) return value;
	throw new UserError({
		message: `${name} holds a line break or another control character.`,
		hint: `With printf '%s', or $(cat FILE), a file's last line break is left out.`,
	});
}
