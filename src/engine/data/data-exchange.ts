import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import type { DataTotals } from "../../sample/data-totals.js";
import { DataReceiver } from "./data-receiver.js";
import { DataSender } from "./data-sender.js";
import type { DataStream } from "./data-stream.js";

/** After a stall no more than this leaves in one tick: a burst is spread, and nothing is given up. */
const mostInATick = 100;
const sendEveryMs = 10;

/** Topic of the messages: tells people who look at a room whose they are. */
export const dataTopic = "livesoak";

/** Where messages leave. */
export interface DataOutlet {
	/** False while it can take no message: what is due then waits. */
	isReady(): boolean;
	/** Must have copied the message when it returns. */
	send(message: Buffer): void;
}

export interface DataExchangeOptions {
	/** What to send, if this participant sends. */
	readonly stream: DataStream | undefined;
	/** Whether what others send is counted. */
	readonly receives: boolean;
	readonly clock: Clock;
	readonly ticker: Ticker;
	/** As in `EngineOptions`. @default 0 */
	readonly sharedOffsetMs?: (() => number) | undefined;
}

/** What one participant sends on the data channel and receives of it, over all its sessions. */
export class DataExchange {
	readonly #options: DataExchangeOptions;
	readonly #receiver = new DataReceiver();
	#sender: DataSender | undefined;
	#stopTicking: () => void = () => {};
	/** By the senders of sessions that are over. */
	#sentBefore = 0;
	#lateBefore = 0;

	constructor(options: DataExchangeOptions) {
		this.#options = options;
	}

	/** Messages flow through this outlet from now on, numbered from 0 again, paced by the worker's one ticker. */
	begin(outlet: DataOutlet): void {
		this.end();
		const { stream, clock, ticker } = this.#options;
		if (!stream) return;
		// Participants that join together do not send together.
		const startMs = clock.nowMs() + (Math.random() * 1000) / stream.rateHz;
		const sender = new DataSender({ sender: Math.random() * 2 ** 32, stream, startMs });
		this.#sender = sender;
		this.#stopTicking = ticker.add(() => {
			if (!outlet.isReady()) return;
			// Stamped when it leaves: the tick's own time would count those who had their turn before as latency.
			for (const message of sender.due(clock.nowMs(), mostInATick, this.#offsetMs))
				outlet.send(message);
		}, sendEveryMs);
	}

	/** Nothing is sent any more; what was sent stays counted. */
	end(): void {
		this.#stopTicking();
		this.#stopTicking = () => {};
		this.#sentBefore += this.#sender?.sent ?? 0;
		this.#lateBefore += this.#sender?.late ?? 0;
		this.#sender = undefined;
	}

	/** @param payload of a user data packet; others' than ours are passed over */
	receive(payload: Uint8Array): void {
		const { receives, clock } = this.#options;
		if (receives) this.#receiver.receive(payload, clock.nowMs() + this.#offsetMs);
	}

	/** Running totals, and the latencies since the last call; undefined where there is nothing to send or count. */
	totals(): DataTotals | undefined {
		const { stream, receives, clock } = this.#options;
		if (!stream && !receives) return undefined;
		const packetsSent = this.#sentBefore + (this.#sender?.sent ?? 0);
		return {
			packetsSent,
			bytesSent: packetsSent * (stream?.bytes ?? 0),
			packetsLate: this.#lateBefore + (this.#sender?.late ?? 0),
			...this.#receiver.take(clock.nowMs() + this.#offsetMs),
		};
	}

	get #offsetMs(): number {
		return this.#options.sharedOffsetMs?.() ?? 0;
	}
}
