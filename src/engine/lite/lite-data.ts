import { DataPacket, DataPacket_Kind, UserPacket } from "@livekit/protocol";
import type { DataChannel } from "node-datachannel";
import {
	DataExchange,
	type DataExchangeOptions,
	type DataOutlet,
	dataTopic,
} from "../data/data-exchange.js";
import type { Peer } from "./peer.js";
import { sendPacket } from "./send-packet.js";

/** LiveKit's names of its data channels. */
const labels = { reliable: "_reliable", lossy: "_lossy" } as const;

/** While more than this waits in SCTP, nothing is added to it. */
const mostWaitingBytes = 1_048_576;

/**
 * LiveKit's data channels of one light participant: ours on the publisher's peer connection, the server's on the
 * subscriber's.
 */
export class LiteData {
	readonly #exchange: DataExchange;
	readonly #isReliable: boolean | undefined;
	/** Held for as long as we listen and send: libdatachannel closes a channel that the garbage collector takes. */
	#channels: DataChannel[] = [];

	constructor(options: DataExchangeOptions) {
		this.#exchange = new DataExchange(options);
		this.#isReliable = options.stream?.reliable;
	}

	/** Of a new session. The channel is part of the next offer; messages flow once it is open. */
	begin(publisher: Peer | undefined): void {
		this.end();
		if (!publisher || this.#isReliable === undefined) return;
		const { connection } = publisher;
		const channel = this.#isReliable
			? connection.createDataChannel(labels.reliable)
			: connection.createDataChannel(labels.lossy, { unordered: true, maxRetransmits: 0 });
		this.#hold(channel);
		const kind = this.#isReliable ? DataPacket_Kind.RELIABLE : DataPacket_Kind.LOSSY;
		// To one who may not subscribe the server sends the others' messages here: untaken they pile up in memory.
		channel.onMessage(() => {});
		channel.onOpen(() => {
			if (this.#channels.includes(channel)) this.#exchange.begin(outletOf(channel, kind));
		});
	}

	/** The server has opened this channel on the subscriber's peer connection. */
	listen(channel: DataChannel): void {
		const label = channel.getLabel();
		if (label !== labels.reliable && label !== labels.lossy) return;
		this.#hold(channel);
		channel.onMessage((message) => {
			const payload = typeof message === "string" ? undefined : userPayload(message);
			if (payload) this.#exchange.receive(payload);
		});
	}

	totals() {
		return this.#exchange.totals();
	}

	/** The session is over; the totals stay. Channels are closed: until then their listeners are held, and hold us. */
	end(): void {
		this.#exchange.end();
		for (const channel of this.#channels) channel.close();
		this.#channels = [];
	}

	#hold(channel: DataChannel): void {
		this.#channels.push(channel);
		// Without this listener node-datachannel holds on to a channel that was closed.
		channel.onClosed(() => {});
	}
}

function outletOf(channel: DataChannel, kind: DataPacket_Kind): DataOutlet {
	return {
		isReady: () => channel.isOpen() && channel.bufferedAmount() < mostWaitingBytes,
		send: (payload) => {
			const value = new UserPacket({ payload, topic: dataTopic });
			const packet = new DataPacket({ kind, value: { case: "user", value } });
			// Between two messages of one tick the channel may close: what is handed over then is lost, and counted so.
			sendPacket(channel, packet.toBinary());
		},
	};
}

/** What a user sent; undefined for LiveKit's own messages, and for what is none. */
function userPayload(message: Buffer | ArrayBuffer): Uint8Array | undefined {
	try {
		const { value } = DataPacket.fromBinary(new Uint8Array(message));
		return value.case === "user" ? value.value.payload : undefined;
	} catch {
		return undefined;
	}
}
