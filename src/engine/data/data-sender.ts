import { writeDataMessage } from "./data-message.js";
import { type DataStream, smallestDataBytes } from "./data-stream.js";

/** Two ticks of the worker's clock: what leaves later than this after its time is late. */
const toleranceMs = 20;

export interface DataSenderOptions {
	/** See `DataMessage.sender`. */
	readonly sender: number;
	readonly stream: Pick<DataStream, "rateHz" | "bytes">;
	/** When message 0 is due (epoch ms). */
	readonly startMs: number;
}

/**
 * Numbered, time-stamped messages at a steady rate: message n is due at `startMs + n / rateHz`. What was missed in
 * a stall is not given up, it leaves afterwards: the rate asked for is kept.
 */
export class DataSender {
	readonly #options: DataSenderOptions;
	readonly #periodMs: number;
	#sent = 0;
	#late = 0;

	/** @throws RangeError for a rate or size that cannot be */
	constructor(options: DataSenderOptions) {
		const { rateHz, bytes } = options.stream;
		if (!(rateHz > 0 && Number.isFinite(rateHz)))
			throw new RangeError(`data rate ${rateHz} Hz: expected above 0`);
		if (!(Number.isInteger(bytes) && bytes >= smallestDataBytes))
			throw new RangeError(`data of ${bytes} bytes: expected at least ${smallestDataBytes}`);
		this.#options = options;
		this.#periodMs = 1000 / rateHz;
	}

	/**
	 * The messages to send now, in order; their send time is `nowMs`.
	 * @param most what is due beyond this waits for the next call
	 * @param offsetMs added to the send time: the listeners' clock minus ours
	 */
	due(nowMs: number, most = Number.POSITIVE_INFINITY, offsetMs = 0): Buffer[] {
		const { sender, stream, startMs } = this.#options;
		// At its own time a message is due, whatever rounding makes of it.
		const dueInAll = Math.floor(((nowMs - startMs) * stream.rateHz) / 1000 + 1e-6) + 1;
		const end = Math.min(dueInAll, this.#sent + most);
		const messages: Buffer[] = [];
		for (; this.#sent < end; this.#sent++) {
			const number = this.#sent;
			if (nowMs - (startMs + number * this.#periodMs) > toleranceMs) this.#late++;
			const message = { sender, number, periodMs: this.#periodMs, sentAtMs: nowMs + offsetMs };
			messages.push(writeDataMessage(message, stream.bytes));
		}
		return messages;
	}

	get sent(): number {
		return this.#sent;
	}

	/** Of those sent, the ones that left more than 20 ms after their time. */
	get late(): number {
		return this.#late;
	}
}
