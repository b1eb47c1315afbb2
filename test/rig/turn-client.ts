import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";
import {
	type Authentication,
	attribute,
	attributes,
	errorCodeOf,
	type Message,
	messageTypes,
	parseMessage,
	peerAddress,
	portOf,
	relayOverUdp,
	stunMessage,
} from "./turn-message.js";

const answerBoundMs = 10_000;
/** The first channel number there is (RFC 8656, section 12). */
const channel = 0x4000;

/** UDP port of a TURN server or of a bridge to it; the client binds the same loopback address. */
export interface TurnPort {
	readonly address: "127.0.0.1" | "::1";
	readonly port: number;
}

/** A raw TURN client over UDP on loopback, with one peer: what the light engine's ICE library does, step by step. */
export class TurnClient {
	readonly #socket: Socket;
	readonly #server: TurnPort;
	readonly #credentials: TurnCredentials;
	readonly #answers = new Map<string, (answer: Message) => void>();
	#authentication: Authentication | undefined;
	/** Told of each payload that came from the peer, and how. */
	onData: (payload: Buffer, by: "indication" | "channel") => void = () => {};

	private constructor(socket: Socket, server: TurnPort, credentials: TurnCredentials) {
		this.#socket = socket;
		this.#server = server;
		this.#credentials = credentials;
		socket.on("message", (datagram) => this.#receive(datagram));
	}

	/** @param port own port; 0: any */
	static async open(server: TurnPort, credentials: TurnCredentials, port = 0): Promise<TurnClient> {
		const socket = createSocket(server.address === "::1" ? "udp6" : "udp4");
		socket.bind(port, server.address);
		await once(socket, "listening");
		return new TurnClient(socket, server, credentials);
	}

	get port(): number {
		return this.#socket.address().port;
	}

	/** @returns the relayed port @throws Error "error CODE" as the server refused, or "no answer" */
	async allocate(): Promise<number> {
		const challenge = await this.#ask(messageTypes.allocate, [relayOverUdp]);
		const realm = challenge.attributes.get(attributes.realm);
		const nonce = challenge.attributes.get(attributes.nonce);
		if (realm === undefined || nonce === undefined) throw new Error("no challenge");
		this.#authentication = { ...this.#credentials, realm, nonce };
		const answer = await this.#succeed(messageTypes.allocate, [relayOverUdp]);
		const relayed = answer.attributes.get(attributes.relayedAddress);
		if (relayed === undefined) throw new Error("no relayed address");
		return portOf(relayed);
	}

	async permit(peer: number): Promise<void> {
		await this.#succeed(messageTypes.createPermission, [peerAddress("127.0.0.1", peer)]);
	}

	async bindChannel(peer: number): Promise<void> {
		const number = Buffer.alloc(4);
		number.writeUInt16BE(channel, 0);
		const channelNumber = attribute(attributes.channelNumber, number);
		await this.#succeed(messageTypes.channelBind, [channelNumber, peerAddress("127.0.0.1", peer)]);
	}

	/** @param seconds 0 deletes the allocation */
	async refresh(seconds: number): Promise<void> {
		const lifetime = Buffer.alloc(4);
		lifetime.writeUInt32BE(seconds, 0);
		await this.#succeed(messageTypes.refresh, [attribute(attributes.lifetime, lifetime)]);
	}

	/** As a Send indication. */
	indicate(peer: number, payload: Buffer): void {
		const data = attribute(attributes.data, payload);
		this.sendRaw(stunMessage(messageTypes.send, [peerAddress("127.0.0.1", peer), data]));
	}

	/** As ChannelData without padding, which UDP does not need. */
	sendOnChannel(payload: Buffer): void {
		const header = Buffer.alloc(4);
		header.writeUInt16BE(channel, 0);
		header.writeUInt16BE(payload.length, 2);
		this.sendRaw(Buffer.concat([header, payload]));
	}

	sendRaw(datagram: Buffer): void {
		this.#socket.send(datagram, this.#server.port, this.#server.address);
	}

	/** Without a word to the server, as a client that dies. */
	close(): Promise<void> {
		return new Promise((resolve) => this.#socket.close(() => resolve()));
	}

	async #succeed(type: number, body: readonly Buffer[]): Promise<Message> {
		const answer = await this.#ask(type, body);
		const code = errorCodeOf(answer);
		if (code !== undefined) throw new Error(`error ${code}`);
		return answer;
	}

	#ask(type: number, body: readonly Buffer[]): Promise<Message> {
		const request = stunMessage(type, body, this.#authentication);
		const id = parseMessage(request).transactionId.toString("hex");
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#answers.delete(id);
				reject(new Error("no answer"));
			}, answerBoundMs);
			this.#answers.set(id, (answer) => {
				clearTimeout(timer);
				this.#answers.delete(id);
				resolve(answer);
			});
			this.sendRaw(request);
		});
	}

	#receive(datagram: Buffer): void {
		if ((datagram[0] ?? 0) >= 0x40) {
			// All behind the header: padding that was left on shows up as a payload that is too long.
			this.onData(datagram.subarray(4), "channel");
			return;
		}
		const message = parseMessage(datagram);
		const payload = message.attributes.get(attributes.data);
		if (message.type === messageTypes.data && payload !== undefined)
			this.onData(payload, "indication");
		this.#answers.get(message.transactionId.toString("hex"))?.(message);
	}
}

/** A peer behind the relay: a UDP port on 127.0.0.1 that sends back all it gets. */
export async function startUdpEcho(): Promise<{ port: number; close(): Promise<void> }> {
	const socket = createSocket("udp4");
	socket.on("message", (datagram, { port, address }) => socket.send(datagram, port, address));
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	return {
		port: socket.address().port,
		close: () => new Promise((resolve) => socket.close(() => resolve())),
	};
}
