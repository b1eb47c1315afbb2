import { type Room, RoomEvent } from "@livekit/rtc-node";
import { DataExchange, type DataExchangeOptions, dataTopic } from "../data/data-exchange.js";

/** The data messages of one rtc-node participant. */
export class NativeData {
	readonly #room: Room;
	readonly #exchange: DataExchange;
	readonly #reliable: boolean;

	constructor(room: Room, options: DataExchangeOptions) {
		this.#room = room;
		this.#exchange = new DataExchange(options);
		this.#reliable = options.stream?.reliable ?? false;
		if (options.receives)
			room.on(RoomEvent.DataReceived, (payload) => this.#exchange.receive(payload));
	}

	/** From now on messages flow, if any were asked for. */
	begin(): void {
		const options = { reliable: this.#reliable, topic: dataTopic };
		this.#exchange.begin({
			isReady: () => this.#room.isConnected,
			send: (message) => {
				// Refused while the session is mended, and on leaving: handed over and lost, which is counted so.
				this.#room.localParticipant?.publishData(message, options).catch(() => {});
			},
		});
	}

	totals() {
		return this.#exchange.totals();
	}

	close(): void {
		this.#exchange.end();
	}
}
