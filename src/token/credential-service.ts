import type { Agent } from "undici";
import { JoinError } from "../engine/join-error.js";
import { redact } from "../error/redact.js";
import { UserError } from "../error/user-error.js";

/** An HTTP service that hands out tokens or TURN credentials. */
export interface CredentialServiceOptions {
	/** http: or https:. A user and password in it are sent as Basic authorization. */
	readonly url: string;
	/** The flag that gave the URL, for messages. */
	readonly flag: string;
	readonly method: "GET" | "POST";
	readonly cause: "token-service" | "turn-service";
	readonly headers?: Readonly<Record<string, string>>;
	/** For the whole exchange. */
	readonly timeoutMs: number;
	readonly tls?: ServiceTls;
}

export interface ServiceTls {
	/** PEM of a private CA instead of the public ones. */
	readonly caPem?: string;
	/** Accept any certificate. */
	readonly insecure?: boolean;
}

const longestQuoteChars = 200;

/** Asks a credential service; every failure is a JoinError of stage `credentials` that names the request. */
export class CredentialService {
	/** Method and URL without user, password and query: fit to be shown. */
	readonly #name: string;
	readonly #url: string;
	readonly #headers: Headers;
	readonly #options: CredentialServiceOptions;
	#dispatcher: Agent | undefined;

	/** @throws UserError when the URL or a header is wrong. */
	constructor(options: CredentialServiceOptions) {
		const url = parseUrl(options);
		this.#name = `${options.method} ${url.origin}${url.pathname}`;
		this.#headers = parseHeaders(options);
		if (url.username !== "" || url.password !== "") {
			const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
			this.#headers.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
			url.username = "";
			url.password = "";
		}
		this.#url = url.href;
		this.#options = options;
	}

	/**
	 * One exchange.
	 * @param body JSON text, for POST.
	 * @returns The parsed answer of a 2xx.
	 */
	async ask(body?: string): Promise<unknown> {
		const headers = new Headers(this.#headers);
		if (body !== undefined) headers.set("content-type", "application/json");
		if (!headers.has("accept")) headers.set("accept", "application/json");
		// Loaded with the first request: a run whose tokens are made here does without its 60 ms.
		const { Agent, fetch } = await import("./service-client.js");
		this.#dispatcher ??= new Agent(this.#agentOptions());
		let status: number;
		let text: string;
		try {
			const response = await fetch(this.#url, {
				method: this.#options.method,
				headers: [...headers],
				...(body === undefined ? {} : { body }),
				// A redirect would carry the credentials elsewhere, and turn POST into GET.
				redirect: "manual",
				signal: AbortSignal.timeout(this.#options.timeoutMs),
				dispatcher: this.#dispatcher,
			});
			status = response.status;
			text = await response.text();
			if (status >= 300 && status < 400)
				throw this.failure(`answered ${status}, a redirect; give the final URL`);
		} catch (error) {
			if (error instanceof JoinError) throw error;
			throw this.failure(this.#reason(error));
		}
		if (status < 200 || status > 299) {
			const quote = redact(text).replace(/\s+/g, " ").trim().slice(0, longestQuoteChars);
			throw this.failure(`answered ${status}${quote === "" ? "" : `: ${quote}`}`);
		}
		try {
			return JSON.parse(text);
		} catch {
			throw this.failure(`answered ${status} with ${text === "" ? "nothing" : "no JSON"}`);
		}
	}

	#agentOptions(): Agent.Options {
		const { tls, timeoutMs: timeout } = this.#options;
		const ca = tls?.caPem === undefined ? {} : { ca: tls.caPem };
		return { connect: { rejectUnauthorized: tls?.insecure !== true, timeout, ...ca } };
	}

	/** A failure of this service; `reason` follows the name of the request and holds no secret. */
	failure(reason: string): JoinError {
		const { cause } = this.#options;
		return new JoinError({ stage: "credentials", cause, detail: `${this.#name} ${reason}` });
	}

	/** undici wraps what happened: "fetch failed" has the story in its cause. */
	#reason(error: unknown): string {
		if (error instanceof Error && error.name === "TimeoutError")
			return `did not answer within ${this.#options.timeoutMs} ms`;
		const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		if (!(inner instanceof Error)) return "failed";
		const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
		const words = inner.message === "" ? code : inner.message;
		return `failed: ${redact(words)}${code === "" || words.includes(code) ? "" : ` (${code})`}`;
	}
}

function parseUrl({ url, flag }: CredentialServiceOptions): URL {
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return parsed;
	throw new UserError({
		message:
			parsed === undefined
				? `${flag} is not a URL.`
				: `${flag} has the scheme "${parsed.protocol.slice(0, -1)}"; a credential service speaks http or https.`,
		hint: `For example ${flag} https://app.example.org/api/sessions`,
	});
}

function parseHeaders({ headers, flag }: CredentialServiceOptions): Headers {
	const parsed = new Headers();
	for (const [name, value] of Object.entries(headers ?? {})) {
		try {
			parsed.set(name, value);
		} catch (error) {
			throw new UserError({
				message: `A header for ${flag} is not valid HTTP: "${name}".`,
				hint: "A header is NAME: VALUE on one line.",
				cause: error,
			});
		}
	}
	return parsed;
}
