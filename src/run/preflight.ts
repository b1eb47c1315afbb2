import { once } from "node:events";
import { request as askPlainly, type IncomingMessage, Agent as PlainAgent } from "node:http";
import { request as askSafely, Agent as TlsAgent } from "node:https";
import { text } from "node:stream/consumers";
import { socketFailure } from "../engine/socket-failure.js";
import { redact } from "../error/redact.js";
import { UserError } from "../error/user-error.js";
import type { FailureCause } from "../participant/failure.js";
import type { Connection } from "../pool/connection.js";
import { mintToken } from "../token/access-token.js";

const answerWithinMs = 10_000;

/** What to look at, by what went wrong on the way to the server. */
const hints: Partial<Record<FailureCause, string>> = {
	refused: "Is livekit-server running there? Its port is 7880 unless its config says otherwise.",
	dns: "Check the host name, and that this machine can resolve it.",
	tls: "For a self-signed server set tls.insecure: true in the scenario; for a private CA start with NODE_EXTRA_CA_CERTS=ca.pem.",
	timeout: "Nothing answered. Check host, port and the firewall between here and there.",
	unreachable: "There is no route to that address from here.",
};

/**
 * Asks the server for a word before any load is put on it: one clear error is better than a run in which
 * every participant fails.
 * @param options.answerWithinMs bound of each answer, 10 s unless told
 * @throws UserError (exit 1) when it cannot be reached, (exit 2) when it refuses the API key
 */
export async function preflight(
	connection: Connection,
	options: { tlsInsecure: boolean; signal: AbortSignal; answerWithinMs?: number },
): Promise<void> {
	const withinMs = options.answerWithinMs ?? answerWithinMs;
	// A reverse proxy may have LiveKit below a path.
	const http = connection.url.replace(/^ws/i, "http").replace(/\/+$/, "");
	// Node's own client: undici takes 60 ms to load, as long as a join.
	const isTls = http.startsWith("https:");
	const agent = isTls ? new TlsAgent({ keepAlive: true }) : new PlainAgent({ keepAlive: true });
	const ask = async (path: string, headers: Record<string, string> = {}) => {
		const bound = AbortSignal.timeout(withinMs);
		const signal = AbortSignal.any([options.signal, bound]);
		const order = { agent, headers, signal, rejectUnauthorized: !options.tlsInsecure };
		const asking = (isTls ? askSafely : askPlainly)(http + path, order).end();
		// It may fail again after its answer began, when the reading of the answer fails as well.
		asking.on("error", () => {});
		try {
			const [answer] = (await once(asking, "response")) as [IncomingMessage];
			return { status: answer.statusCode, body: await text(answer) };
		} catch (error) {
			throw bound.aborted ? bound.reason : error;
		}
	};
	try {
		await ask("/");
		const token = await sampleToken(connection);
		if (token === undefined) return;
		const { status, body } = await ask("/rtc/validate", { authorization: `Bearer ${token}` });
		const words = redact(body).replace(/\s+/g, " ").trim();
		if (status === 401) throw refused(connection.url, words.slice(0, 300));
	} catch (error) {
		if (error instanceof UserError || options.signal.aborted) throw error;
		throw unreachable(connection.url, error, withinMs);
	} finally {
		agent.destroy();
	}
}

/** Undefined where a service makes the tokens: asking it would open a session in somebody's application. */
async function sampleToken({ tokens }: Connection): Promise<string | undefined> {
	if (tokens.kind !== "minted") return undefined;
	const grant = { identity: "livesoak-preflight", room: "livesoak-preflight" };
	return mintToken({ ...tokens, ...grant, canPublish: false, canSubscribe: false, ttlMs: 60_000 });
}

function refused(url: string, words: string): UserError {
	return new UserError({
		message: `${host(url)} refused the access token: ${words}`,
		hint: "The key must be one of the server's `keys`, and the secret that key's secret: check --api-key and --api-secret (LIVEKIT_API_KEY, LIVEKIT_API_SECRET).",
	});
}

function unreachable(url: string, error: unknown, withinMs: number): UserError {
	const failure = error instanceof Error ? socketFailure(innermost(error)) : undefined;
	const timedOut = error instanceof Error && error.name === "TimeoutError";
	const cause = timedOut ? "timeout" : (failure?.cause ?? "unreachable");
	const words = timedOut ? `no answer within ${withinMs / 1000} s` : (failure?.detail ?? "");
	const hint = hints[cause];
	return new UserError({
		message: `Cannot reach ${host(url)}: ${words}.`,
		...(hint === undefined ? {} : { hint }),
		exitCode: 1,
		cause: error,
	});
}

/** An AggregateError (happy eyeballs) or a wrapper has the story inside. */
function innermost(error: Error): Error {
	if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
	return error.cause instanceof Error ? innermost(error.cause) : error;
}

function host(url: string): string {
	const { protocol, host } = new URL(url);
	return `${protocol}//${host}`;
}
