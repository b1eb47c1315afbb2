import type { DoctorTarget } from "../doctor/context.js";
import { UserError } from "../error/user-error.js";
import { parseTokenBody } from "../token/token-body.js";
import { namedTurn, readTurnCa } from "./connection-options.js";
import type { DoctorFlags } from "./doctor-options.js";
import type { Environment } from "./environment.js";
import { readSecret } from "./read-secret.js";

/**
 * What is to be examined, from flags and variables. A flag outranks a variable; an empty variable is an unset one.
 * @throws UserError naming the flag that is wrong or missing, or the file that cannot be read
 */
export async function doctorTarget(
	flags: DoctorFlags,
	environment: Environment,
): Promise<DoctorTarget> {
	const { env } = environment;
	const url = optional("url", namedUrl(flags, env));
	const token = optional("token", await namedToken(flags, environment));
	const tokenUrl = optional("tokenUrl", serviceUrl("--token-url", flags.tokenUrl));
	const target: DoctorTarget = {
		...{ ...url, ...token, ...tokenUrl, ...tokenService(flags) },
		...namedKey(flags, env),
		...turnTarget(flags, env),
		...optional("livekitConfig", flags.livekitConfig),
		...optional("turnConfig", flags.turnConfig),
		...{ participants: checkedParticipants(flags.participants) },
		...optional("caPem", await readTurnCa(flags.turnCa, "--ca")),
	};
	const subjects = ["url", "token", "tokenUrl", "turnUrl", "turn"] as const;
	const hasFile = target.livekitConfig !== undefined || target.turnConfig !== undefined;
	if (!hasFile && subjects.every((subject) => target[subject] === undefined)) throw nothingGiven();
	if (flags.fix && !hasFile)
		throw new UserError({
			message: "--fix has no file to correct.",
			hint: "Give --livekit-config FILE or --turn-config FILE.",
		});
	return target;
}

/**
 * The API key and its secret: both or none.
 * @throws UserError when a flag gives one of the two and the other is nowhere
 */
export function namedKey(
	flags: Pick<DoctorFlags, "apiKey" | "apiSecret">,
	env: NodeJS.ProcessEnv,
): Pick<DoctorTarget, "apiKey" | "apiSecret"> {
	const apiKey = flags.apiKey ?? env.LIVEKIT_API_KEY ?? "";
	const apiSecret = flags.apiSecret ?? env.LIVEKIT_API_SECRET ?? "";
	if (apiKey !== "" && apiSecret !== "") return { apiKey, apiSecret };
	if (flags.apiKey === undefined && flags.apiSecret === undefined) return {};
	const [what, flag, variable] =
		apiKey === ""
			? ["key", "--api-key", "LIVEKIT_API_KEY"]
			: ["secret", "--api-secret", "LIVEKIT_API_SECRET"];
	throw new UserError({
		message: `The LiveKit API ${what} is missing.`,
		hint: `Give ${flag} or ${variable}.`,
	});
}

function namedUrl(flags: DoctorFlags, env: NodeJS.ProcessEnv): URL | undefined {
	const text = flags.url ?? (env.LIVEKIT_URL || undefined);
	if (text === undefined) return undefined;
	const flag = flags.url === undefined ? "LIVEKIT_URL" : "--url";
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url !== undefined && /^(wss?|https?):$/.test(url.protocol)) return url;
	throw new UserError({
		message: `${flag} is ${text === "" ? "empty" : url ? `of the scheme ${url.protocol.slice(0, -1)}` : "not a URL"}.`,
		hint: "Write wss://HOST or ws://HOST:7880",
	});
}

async function namedToken(
	flags: DoctorFlags,
	environment: Environment,
): Promise<string | undefined> {
	if (flags.token !== undefined && flags.tokenUrl !== undefined)
		throw new UserError({
			message: "--token and --token-url exclude each other.",
			hint: "Give the one that the application uses.",
		});
	if (flags.token !== undefined) return readSecret("--token", flags.token, environment);
	// A flag outranks a variable, also that of another way to a token.
	return flags.tokenUrl === undefined ? environment.env.LIVEKIT_TOKEN || undefined : undefined;
}

function tokenService(flags: DoctorFlags): Pick<DoctorTarget, "tokenService"> {
	if (flags.tokenUrlField !== undefined)
		throw new UserError({
			message: "--token-url-field is not for doctor.",
			hint: "Give the LiveKit server by --url.",
		});
	const { tokenBody, tokenField } = flags;
	if (tokenBody === undefined && tokenField === undefined) return {};
	if (flags.tokenUrl === undefined)
		throw new UserError({
			message: `${tokenBody === undefined ? "--token-field" : "--token-body"} needs --token-url.`,
		});
	return {
		tokenService: {
			...(tokenBody === undefined ? {} : { body: parseTokenBody(tokenBody) }),
			...(tokenField === undefined ? {} : { responseField: tokenField }),
		},
	};
}

function serviceUrl(flag: string, text: string | undefined): URL | undefined {
	if (text === undefined) return undefined;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
	throw new UserError({
		message: `${flag} is ${url === undefined ? "not a URL" : `of the scheme ${url.protocol.slice(0, -1)}`}; a credential service speaks http or https.`,
		hint: `For example ${flag} https://app.example.org/api/sessions`,
	});
}

function turnTarget(
	flags: DoctorFlags,
	env: NodeJS.ProcessEnv,
): Pick<DoctorTarget, "turn" | "turnUrl"> {
	const settings = namedTurn(flags, env);
	if (settings === undefined) return {};
	if (settings.kind === "service")
		return optional("turnUrl", serviceUrl("--turn-url", settings.url));
	const [uri = "", ...others] = settings.uris;
	if (others.length > 0)
		throw new UserError({
			message: `--turn is given ${settings.uris.length} times; doctor looks at one server at a time.`,
			hint: "Give it once; each transport of that server is tried anyway.",
		});
	if (settings.kind === "rest") return { turn: { uri, secret: settings.secret } };
	return { turn: { uri, username: settings.username, password: settings.password } };
}

function checkedParticipants(participants: number): number {
	if (Number.isInteger(participants) && participants >= 1) return participants;
	throw new UserError({
		message: `--participants ${Number.isNaN(participants) ? "is no number" : participants}: expected a whole number from 1.`,
	});
}

function nothingGiven(): UserError {
	return new UserError({
		message: "There is nothing to examine.",
		hint: "Give --url wss://HOST (LIVEKIT_URL) with LIVEKIT_API_KEY and LIVEKIT_API_SECRET, --token or --token-url; or --livekit-config FILE.",
	});
}

/** `exactOptionalPropertyTypes`: absent, and not undefined. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
	return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
