import type { IncomingMessage } from "node:http";
import {
	type JoinResponse,
	type LeaveRequest,
	Ping,
	SignalRequest,
	SignalResponse,
} from "@livekit/protocol";
import WebSocket from "ws";
import { leaveRequest } from "../../engine/lite/signal/request.js";
import { redact } from "../../error/redact.js";
import type { DoctorContext } from "../context.js";
import { withDeadline } from "./deadline.js";

const mostBodyBytes = 4096;
const closeWithinMs = 2_000;

/** What an attempt to join by WebSocket came to. */
export type SignallingEnd =
	| {
			readonly kind: "joined";
			readonly join: JoinResponse;
			readonly socketMs: number;
			readonly joinMs: number;
			/** Of each ping that was answered. */
			readonly rttsMs: readonly number[];
	  }
	/** An HTTP answer in place of the upgrade. */
	| {
			readonly kind: "no-upgrade";
			readonly status: number;
			readonly server: string | undefined;
			readonly text: string;
	  }
	/** No usable answer to the upgrade: Node's code, or `TIMEOUT`. */
	| { readonly kind: "failed"; readonly code: string; readonly words: string }
	/** The WebSocket opened; then it was closed, or nothing came, before a JoinResponse. */
	| { readonly kind: "closed"; readonly code: number; readonly reason: string }
	| { readonly kind: "silent" }
	| { readonly kind: "sent-away"; readonly leave: LeaveRequest }
	/** Frames came that are no SignalResponse. */
	| { readonly kind: "not-livekit" };

export interface SignallingOrder {
	/** As `signalUrl` makes it: without the token. */
	readonly url: string;
	readonly token: string;
	readonly ca: string[] | undefined;
	readonly pings: number;
	readonly boundMs: number;
	/** For each pong. */
	readonly pongWithinMs: number;
}

/**
 * Joins, pings and leaves again, so that nobody is left in the room. It has a socket of its own and not the light
 * engine's: who answered in LiveKit's place stands in HTTP headers, and servers too old for that engine are welcome.
 * Never rejects.
 */
export async function tryToJoin(
	context: Pick<DoctorContext, "clock" | "signal">,
	order: SignallingOrder,
): Promise<SignallingEnd> {
	const { clock } = context;
	const startMs = clock.nowMs();
	const socket = new WebSocket(order.url, {
		headers: { authorization: `Bearer ${order.token}` },
		perMessageDeflate: false,
		...(order.ca === undefined ? {} : { ca: order.ca }),
	});
	const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
	// One without any listener would end the process.
	socket.on("error", () => {});
	const heard = new Inbox(socket);
	try {
		const first = await withDeadline(context, order.boundMs, (signal) =>
			untilJoined(socket, heard, signal, () => clock.nowMs() - startMs),
		);
		if (first.kind !== "joined") return first;
		const rttsMs: number[] = [];
		for (let i = 0; i < order.pings; i += 1) {
			const rttMs = await pingOnce(context, socket, heard, order.pongWithinMs);
			if (rttMs === undefined) break;
			rttsMs.push(rttMs);
		}
		return { ...first, rttsMs };
	} finally {
		if (socket.readyState === WebSocket.OPEN) socket.send(leaveRequest().toBinary());
		socket.close(1000);
		await withDeadline(context, closeWithinMs, (signal) => Promise.race([closed, aborted(signal)]));
		socket.terminate();
	}
}

/** Hands each response to whoever waits, and keeps what nobody waited for yet. */
class Inbox {
	onResponse: (response: SignalResponse | undefined) => void = () => {};

	constructor(socket: WebSocket) {
		socket.on("message", (data, isBinary) => {
			this.onResponse(isBinary ? read(data as Buffer) : undefined);
		});
	}
}

function untilJoined(
	socket: WebSocket,
	inbox: Inbox,
	signal: AbortSignal,
	sinceMs: () => number,
): Promise<SignallingEnd> {
	return new Promise((resolve) => {
		let socketMs = 0;
		let refused: IncomingMessage | undefined;
		socket.once("open", () => {
			socketMs = sinceMs();
		});
		socket.once("unexpected-response", (_request, response) => {
			refused = response;
			void refusal(response).then(resolve);
		});
		socket.once("error", (error: Error & { code?: string }) =>
			resolve({ kind: "failed", code: error.code ?? "WEBSOCKET", words: redact(error.message) }),
		);
		socket.once("close", (code, reason) =>
			resolve({ kind: "closed", code, reason: redact(reason.toString("utf8")) }),
		);
		inbox.onResponse = (response) => {
			if (response === undefined) resolve({ kind: "not-livekit" });
			const message = response?.message;
			if (message?.case === "leave") resolve({ kind: "sent-away", leave: message.value });
			if (message?.case !== "join") return;
			resolve({ kind: "joined", join: message.value, socketMs, joinMs: sinceMs(), rttsMs: [] });
		};
		void aborted(signal).then(() => {
			// The rest of a body that never ends is not waited for: the status is what matters.
			if (refused) refused.destroy();
			else if (socket.readyState === WebSocket.OPEN) resolve({ kind: "silent" });
			else
				resolve({ kind: "failed", code: "TIMEOUT", words: "no answer to the WebSocket upgrade" });
		});
	});
}

/** @returns undefined where no pong came in time */
function pingOnce(
	context: Pick<DoctorContext, "clock" | "signal">,
	socket: WebSocket,
	inbox: Inbox,
	withinMs: number,
): Promise<number | undefined> {
	const { clock } = context;
	const sentMs = clock.nowMs();
	const value = new Ping({ timestamp: BigInt(Math.floor(sentMs)), rtt: 0n });
	return withDeadline(context, withinMs, (signal) => {
		const answered = new Promise<number>((resolve) => {
			inbox.onResponse = (response) => {
				if (response?.message.case === "pongResp") resolve(clock.nowMs() - sentMs);
			};
		});
		socket.send(new SignalRequest({ message: { case: "pingReq", value } }).toBinary());
		return Promise.race([answered, aborted(signal)]);
	});
}

/** An answer that is no upgrade: its body says why. */
async function refusal(response: IncomingMessage): Promise<SignallingEnd> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of response as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes >= mostBodyBytes) break;
		}
	} catch {
		// What came until then has to do.
	}
	const text = redact(Buffer.concat(chunks).toString("utf8")).replace(/\s+/g, " ").trim();
	const server = [response.headers.server].flat()[0];
	return { kind: "no-upgrade", status: response.statusCode ?? 0, server, text };
}

function read(data: Buffer): SignalResponse | undefined {
	try {
		const response = SignalResponse.fromBinary(data);
		return response.message.case === undefined ? undefined : response;
	} catch {
		return undefined;
	}
}

function aborted(signal: AbortSignal): Promise<undefined> {
	if (signal.aborted) return Promise.resolve(undefined);
	return new Promise((resolve) =>
		signal.addEventListener("abort", () => resolve(undefined), { once: true }),
	);
}
