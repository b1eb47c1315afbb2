import { Agent, request } from "undici";
import { redact } from "../../error/redact.js";
import type { DoctorContext } from "../context.js";
import { withDeadline } from "./deadline.js";
import { authorities } from "./tls-handshake.js";

/** More of an answer is not read: no word of a server, and no list of ICE servers, is as long. */
const mostBytes = 65_536;

export interface HttpAnswer {
	readonly status: number;
	/** Lower-case names; of several the first. */
	readonly headers: Readonly<Record<string, string>>;
	/** The body in one line and without tokens. */
	readonly text: string;
	/** The body as it came: it may hold secrets. */
	readonly body: string;
	/** The clock when it was asked, and when the headers were there. */
	readonly sentMs: number;
	readonly receivedMs: number;
}

export interface NoHttpAnswer {
	readonly kind: "no-answer" | "closed" | "not-http";
	readonly words: string;
}

export interface HttpOrder {
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Any certificate will do: only where nothing secret is sent. */
	readonly insecure: boolean;
	readonly caPem?: string | undefined;
}

/** One GET, without following a redirect. Never rejects. */
export async function httpGet(
	context: Pick<DoctorContext, "clock" | "signal">,
	order: HttpOrder,
	boundMs: number,
): Promise<HttpAnswer | NoHttpAnswer> {
	const ca = authorities(order.caPem);
	const dispatcher = new Agent({
		connect: { rejectUnauthorized: !order.insecure, ...(ca === undefined ? {} : { ca }) },
	});
	return withDeadline(context, boundMs, async (signal) => {
		const sentMs = context.clock.nowMs();
		try {
			const response = await request(order.url, {
				dispatcher,
				signal,
				headers: { ...order.headers },
			});
			const receivedMs = context.clock.nowMs();
			const chunks: Buffer[] = [];
			let bytes = 0;
			for await (const chunk of response.body as AsyncIterable<Buffer>) {
				chunks.push(chunk);
				bytes += chunk.length;
				if (bytes >= mostBytes) break;
			}
			const body = Buffer.concat(chunks).toString("utf8");
			const text = redact(body).replace(/\s+/g, " ").trim();
			return {
				status: response.statusCode,
				headers: flat(response.headers),
				...{ body, text, sentMs, receivedMs },
			};
		} catch (error) {
			return explained(error, signal.aborted, boundMs);
		} finally {
			await dispatcher.destroy().catch(() => {});
		}
	});
}

/** "nginx/1.24.0 answered HTTP 502: Bad Gateway", for evidence. */
export function quoted({
	status,
	headers,
	text,
}: Pick<HttpAnswer, "status" | "headers" | "text">): string {
	const who = headers.server === undefined ? "" : ` from ${headers.server}`;
	const words = text
		.replace(/<[^>]*>/g, " ")
		.replace(/\s+/g, " ")
		.trim()
		.slice(0, 160);
	return `HTTP ${status}${who}${words === "" ? ", without a word" : `: ${words}`}`;
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => {
			const first = Array.isArray(value) ? value[0] : value;
			return first === undefined ? [] : [[name.toLowerCase(), redact(first)]];
		}),
	);
}

function explained(error: unknown, isLate: boolean, boundMs: number): NoHttpAnswer {
	if (isLate) return { kind: "no-answer", words: `no answer within ${boundMs / 1000} s` };
	const { code = "", message, name } = error as Error & { code?: string };
	if (name === "HTTPParserError") return { kind: "not-http", words: "what came is no HTTP" };
	return { kind: "closed", words: redact(message === "" ? code : message) };
}
