import type { Clock } from "../clock/clock.js";
import type { TurnCredentials } from "../ice/turn-credentials.js";
import type { BridgeClient, BridgeClientEvents } from "./bridge-client.js";
import type { TurnConnectError } from "./connect-error.js";
import { DatagramClient } from "./datagram-client.js";
import { StreamClient } from "./stream-client.js";
import { errorOf, type StunAddress, xorAddressOf } from "./stun-attribute.js";
import {
	channelData,
	type LongTermKey,
	type RequestFields,
	type StunMethod,
	stunRequest,
	stunSend,
} from "./stun-request.js";
import { TurnConnector } from "./turn-connector.js";
import {
	attributeOf,
	attributeTypes,
	isChannelData,
	isStun,
	transactionId,
} from "./turn-message.js";

/** First wait for an answer over UDP, doubled at each retransmission (RFC 8489, section 6.2.1). */
const firstWaitMs = 500;
const staleNonce = 438;
const classBits = 0x0110;
const successClass = 0x0100;
const dataIndication = 0x0017;

export interface TurnClientServer {
	readonly transport: "udp" | "tcp" | "tls";
	/** Resolved. */
	readonly address: string;
	readonly port: number;
	/** TLS: what the certificate must be for. */
	readonly serverName: string;
	/** TLS: PEM of a private CA, trusted instead of the public roots. */
	readonly caPem?: string;
}

export interface TurnClientOptions {
	readonly clock: Clock;
	/** For the handshake, and again for each answer. */
	readonly answerBoundMs: number;
	/** Ends every wait at once. */
	readonly signal: AbortSignal;
	/** Without them only what needs none can be asked. */
	readonly credentials?: TurnCredentials;
}

/** What came of one request. */
export type StunReply =
	| { readonly kind: "success"; readonly message: Buffer; readonly rttMs: number }
	| {
			readonly kind: "refused";
			readonly code: number;
			readonly reason: string;
			readonly message: Buffer;
	  }
	/** Within the bound nothing came back. */
	| { readonly kind: "silent" }
	/** The transport failed, and says why. */
	| { readonly kind: "lost"; readonly error: TurnConnectError };

/** A request without an answer so far. */
interface Waiting {
	/** When it was first sent. */
	readonly sinceMs: number;
	settle(reply: StunReply): void;
}

/** A TURN client on a transport of its own (RFC 8656), for one allocation. Faults are replies, never rejections. */
export class TurnClient {
	readonly transport: TurnClientServer["transport"];
	readonly #clock: Clock;
	readonly #options: TurnClientOptions;
	readonly #wire: BridgeClient;
	readonly #waiting = new Map<string, Waiting>();
	readonly #ready = new AbortController();
	#fault: TurnConnectError | undefined;
	#key: LongTermKey | undefined;
	/** Told of every payload from a peer: over its channel, or from its address. */
	onData: (payload: Buffer, from: StunAddress | number) => void = () => {};

	/** @throws Error when `caPem` is no certificate */
	constructor(server: TurnClientServer, options: TurnClientOptions) {
		this.transport = server.transport;
		this.#clock = options.clock;
		this.#options = options;
		this.#wire = this.#open(server);
	}

	/** The transport stands. @returns `silent` or `lost` where it does not; UDP is always ready */
	async connect(): Promise<StunReply | undefined> {
		if (this.transport === "udp") return undefined;
		await this.#sleep(this.#options.answerBoundMs, this.#ready.signal);
		if (this.#fault !== undefined) return { kind: "lost", error: this.#fault };
		return this.#ready.signal.aborted ? undefined : { kind: "silent" };
	}

	/** From the next request on, requests are signed in answer to this challenge of realm and nonce. */
	authenticate({ username, password }: TurnCredentials, realm: Buffer, nonce: Buffer): void {
		this.#key = {
			...{ username: Buffer.from(username), password },
			...{ realm: Buffer.from(realm), nonce: Buffer.from(nonce) },
		};
	}

	/** Asks and waits for the answer; a nonce that has gone stale is renewed twice at most (RFC 8489, section 9.2.5). */
	async ask(method: StunMethod, fields: RequestFields = {}): Promise<StunReply> {
		for (let tries = 1; ; tries++) {
			const reply = await this.#transact(stunRequest(method, fields, this.#key));
			if (reply.kind !== "refused" || reply.code !== staleNonce || tries > 2) return reply;
			const nonce = attributeOf(reply.message, attributeTypes.nonce);
			if (this.#key === undefined || nonce === undefined) return reply;
			this.#key = { ...this.#key, nonce: Buffer.from(nonce) };
		}
	}

	/** A payload to a peer for which a permission stands, as a Send indication. */
	sendTo(peer: StunAddress, payload: Buffer): void {
		this.#wire.send(stunSend(peer, payload), this.#clock.nowMs());
	}

	sendOn(channel: number, payload: Buffer): void {
		this.#wire.send(channelData(channel, payload), this.#clock.nowMs());
	}

	/** Gives back an allocation that is still there, and closes the transport. Idempotent; resolves when it is done. */
	close(): Promise<void> {
		this.#wire.close();
		for (const { settle } of this.#waiting.values()) settle({ kind: "silent" });
		return this.#wire.closed;
	}

	#open(server: TurnClientServer): BridgeClient {
		const { transport, address: host, port, serverName, caPem } = server;
		const events: BridgeClientEvents = {
			onReady: () => {
				this.#fault = undefined;
				this.#ready.abort();
			},
			onMessage: (message) => this.#receive(message),
			onHandedOver: () => {},
			onFault: (_established, error) => this.#fail(error),
			onEnd: () => {},
		};
		const password = this.#options.credentials?.password;
		if (transport === "udp")
			return new DatagramClient({ host, port, transport }, this.#clock, events, () => password);
		const trusted = caPem === undefined ? {} : { caPem };
		const named = { host, port, transport, serverName, insecure: false, ...trusted };
		return new StreamClient(new TurnConnector(named), this.#clock, events);
	}

	#fail(error: TurnConnectError): void {
		this.#fault = error;
		this.#ready.abort();
		for (const { settle } of this.#waiting.values()) settle({ kind: "lost", error });
	}

	#receive(message: Buffer): void {
		if (isChannelData(message)) {
			const payload = message.subarray(4, 4 + message.readUInt16BE(2));
			this.onData(Buffer.from(payload), message.readUInt16BE(0));
			return;
		}
		if (!isStun(message)) return;
		const type = message.readUInt16BE(0);
		if (type === dataIndication) {
			const from = xorAddressOf(message, attributeTypes.xorPeerAddress);
			const payload = attributeOf(message, attributeTypes.data);
			if (from !== undefined && payload !== undefined) this.onData(Buffer.from(payload), from);
			return;
		}
		const waiting = this.#waiting.get(transactionId(message).toString("hex"));
		if (waiting === undefined) return;
		const { settle, sinceMs } = waiting;
		const own = Buffer.from(message);
		if ((type & classBits) === successClass) {
			settle({ kind: "success", message: own, rttMs: this.#clock.nowMs() - sinceMs });
		} else {
			const { code, reason } = errorOf(own, attributeTypes.errorCode) ?? { code: 0, reason: "" };
			settle({ kind: "refused", code, reason, message: own });
		}
	}

	async #transact(request: Buffer): Promise<StunReply> {
		if (this.#fault !== undefined) return { kind: "lost", error: this.#fault };
		const id = transactionId(request).toString("hex");
		const answered = new AbortController();
		const sinceMs = this.#clock.nowMs();
		const untilMs = sinceMs + this.#options.answerBoundMs;
		let reply: StunReply = { kind: "silent" };
		const settle = (came: StunReply) => {
			reply = came;
			answered.abort();
		};
		this.#waiting.set(id, { sinceMs, settle });
		let waitMs = this.transport === "udp" ? firstWaitMs : this.#options.answerBoundMs;
		for (; !this.#isOver(answered.signal, untilMs); waitMs *= 2) {
			const nowMs = this.#clock.nowMs();
			this.#wire.send(request, nowMs);
			await this.#sleep(Math.min(waitMs, untilMs - nowMs), answered.signal);
		}
		this.#waiting.delete(id);
		return reply;
	}

	#isOver(answered: AbortSignal, untilMs: number): boolean {
		return answered.aborted || this.#options.signal.aborted || this.#clock.nowMs() >= untilMs;
	}

	#sleep(forMs: number, until: AbortSignal): Promise<void> {
		const signal = AbortSignal.any([until, this.#options.signal]);
		return this.#clock.sleepUntil(this.#clock.nowMs() + forMs, signal);
	}
}
