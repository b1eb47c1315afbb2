import { CredentialService, type ServiceTls } from "./credential-service.js";
import { defaultTokenBody, fillTokenBody, type TokenBody } from "./token-body.js";
import type { TokenSource } from "./token-source.js";

export interface TokenServiceOptions {
	/** `--token-url`: answers a POST with a token. */
	readonly url: string;
	/** @default {user_id: "{identity}", scenario_id: "{room}", language: "en"} */
	readonly body?: TokenBody;
	/** Dotted path of the token in the answer. @default the first of `guessedTokenFields` that holds a text */
	readonly responseField?: string;
	/** Dotted path of the LiveKit URL in the answer, for services that name it. @default none is read */
	readonly urlField?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** For one exchange. @default 10 000 */
	readonly timeoutMs?: number;
	readonly tls?: ServiceTls;
}

/** Where services usually put the token, in this order. */
export const guessedTokenFields = [
	"token",
	"access_token",
	"livekit_token",
	"accessToken",
	"participant_token",
	"participantToken",
] as const;

/**
 * Tokens from an application's own service: one POST for each participant, as its clients do.
 * @throws UserError when the URL or a header is wrong.
 */
export function serviceTokens(options: TokenServiceOptions): TokenSource {
	const service = new CredentialService({
		url: options.url,
		flag: "--token-url",
		method: "POST",
		cause: "token-service",
		timeoutMs: options.timeoutMs ?? 10_000,
		...(options.headers === undefined ? {} : { headers: options.headers }),
		...(options.tls === undefined ? {} : { tls: options.tls }),
	});
	const tokenFields =
		options.responseField === undefined ? guessedTokenFields : [options.responseField];
	const { urlField } = options;
	return {
		kind: "service",
		async tokenFor(request) {
			const answer = await service.ask(fillTokenBody(options.body ?? defaultTokenBody, request));
			const token = textAt(answer, tokenFields, service);
			if (urlField === undefined) return { token };
			return { token, url: textAt(answer, [urlField], service) };
		},
	};
}

/** The first of the dotted paths that holds a text. Failures name fields, never their values. */
function textAt(answer: unknown, paths: readonly string[], service: CredentialService): string {
	const found = paths.map((path) => valueAt(answer, path)).filter((value) => value !== undefined);
	const text = found.find((value) => typeof value === "string" && value !== "");
	if (typeof text === "string") return text;
	const wanted = paths.join(", ");
	if (found.length > 0)
		throw service.failure(`answered JSON whose field ${wanted} is not a text or is empty`);
	const fields = fieldNames(answer).join(", ");
	throw service.failure(
		`answered JSON without the field ${wanted}; it has: ${fields === "" ? "no fields" : fields}`,
	);
}

function valueAt(answer: unknown, path: string): unknown {
	return path.split(".").reduce<unknown>((value, name) => {
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
			return undefined;
		return (value as Record<string, unknown>)[name];
	}, answer);
}

/** Names of the fields, two levels deep, as the dotted paths that would reach them. */
function fieldNames(answer: unknown): string[] {
	if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return [];
	return Object.entries(answer).flatMap(([name, value]) => {
		const inner = fieldNamesOf(value);
		return inner.length === 0 ? [name] : inner.map((field) => `${name}.${field}`);
	});
}

function fieldNamesOf(value: unknown): string[] {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? Object.keys(value)
		: [];
}
