import type { DataTotals } from "../../sample/data-totals.js";
import { readDataMessage } from "./data-message.js";
import { MessageOrder } from "./message-order.js";

/** A sender that was silent for so long, and for so many of its own pauses, has gone. */
const goneAfterMs = 30_000;
const goneAfterPeriods = 10;

type Received = Omit<DataTotals, "packetsSent" | "bytesSent" | "packetsLate">;

interface Sender {
	readonly order: MessageOrder;
	lastMs: number;
	periodMs: number;
}

/** Receives the messages of all senders in a room: what came, what is missing, and how long it took. */
export class DataReceiver {
	readonly #senders = new Map<number, Sender>();
	#received = 0;
	#bytes = 0;
	#lost = 0;
	#duplicated = 0;
	#reordered = 0;
	#latenciesMs: number[] = [];

	/**
	 * What is no message of ours is passed over.
	 * @param nowMs epoch ms, on the clock that the sender has, too
	 */
	receive(payload: Uint8Array, nowMs: number): void {
		const message = readDataMessage(payload);
		if (!message) return;
		const { order } = this.#senderOf(message, nowMs);
		const { isNew, isReordered, lost } = order.receive(message.number);
		if (!isNew) {
			this.#duplicated++;
			return;
		}
		this.#received++;
		this.#bytes += payload.byteLength;
		this.#lost += lost;
		if (isReordered) this.#reordered++;
		this.#latenciesMs.push(nowMs - message.sentAtMs);
	}

	/** Running totals, and the latencies since the last call. Forgets senders that have gone: churn leaves nothing. */
	take(nowMs: number): Received {
		for (const [number, { lastMs, periodMs }] of this.#senders) {
			const goneMs = Math.max(goneAfterMs, goneAfterPeriods * periodMs);
			if (nowMs - lastMs > goneMs) this.#senders.delete(number);
		}
		const latenciesMs = this.#latenciesMs;
		this.#latenciesMs = [];
		return {
			packetsReceived: this.#received,
			bytesReceived: this.#bytes,
			packetsLost: this.#lost,
			packetsDuplicated: this.#duplicated,
			packetsReordered: this.#reordered,
			latenciesMs,
		};
	}

	/** Senders whose numbers are held. */
	get senders(): number {
		return this.#senders.size;
	}

	#senderOf(message: { sender: number; periodMs: number }, nowMs: number): Sender {
		const known = this.#senders.get(message.sender);
		if (known) {
			known.lastMs = nowMs;
			return known;
		}
		const { periodMs } = message;
		const sender = { order: new MessageOrder(), lastMs: nowMs, periodMs };
		this.#senders.set(message.sender, sender);
		return sender;
	}
}
