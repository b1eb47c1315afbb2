import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock/clock.js";

const rtpHeaderBytes = 12;
const markBytes = 8;
/** A 20 ms Opus packet with its RTP header is about as long. */
const payloadBytes = 120;
/** RTP version 2 and the payload type that browsers give to Opus: whoever treats media specially sees media. */
const rtpStart = Buffer.from([0x80, 111]);
const samplesPerPacket = 960;
/** After the last packet; later echoes would be of no use to a call. */
const lateBoundMs = 1_000;

/** What came back of numbered packets sent through a relay to a peer that returns them. */
export interface RelayEcho {
	readonly sent: number;
	/** Each counted once. */
	readonly returned: number;
	readonly duplicates: number;
	/** Of each that returned, ascending. */
	readonly rttMs: readonly number[];
}

export interface EchoOrder {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly packets: number;
	readonly everyMs: number;
	send(payload: Buffer): void;
}

/** Sends and counts. `onReturned` is to be called with everything that comes from the peer. */
export class EchoCount {
	readonly #order: EchoOrder;
	readonly #mark = randomBytes(markBytes);
	readonly #sentAtMs: number[] = [];
	readonly #rttMs = new Map<number, number>();
	readonly #done = new AbortController();
	#duplicates = 0;

	constructor(order: EchoOrder) {
		this.#order = order;
	}

	/** Resolves when all are back, or a second after the last was sent. Late by a stalled process: sent at once. */
	async run(): Promise<RelayEcho> {
		const { clock, signal, packets, everyMs } = this.#order;
		const startedAtMs = clock.nowMs();
		for (let number = 0; number < packets && !signal.aborted; number++) {
			await clock.sleepUntil(startedAtMs + number * everyMs, signal);
			this.#sentAtMs.push(clock.nowMs());
			this.#order.send(this.#payload(number));
		}
		const late = AbortSignal.any([signal, this.#done.signal]);
		await clock.sleepUntil(clock.nowMs() + lateBoundMs, late);
		const rttMs = [...this.#rttMs.values()].sort((one, other) => one - other);
		return {
			...{ sent: this.#sentAtMs.length, returned: rttMs.length },
			...{ duplicates: this.#duplicates, rttMs },
		};
	}

	/** Anything but a whole payload of this run is passed over. */
	onReturned(payload: Buffer): void {
		const mark = payload.subarray(rtpHeaderBytes, rtpHeaderBytes + markBytes);
		if (payload.length !== payloadBytes || !mark.equals(this.#mark)) return;
		const number = payload.readUInt16BE(2);
		const sentAtMs = this.#sentAtMs[number];
		if (sentAtMs === undefined) return;
		if (this.#rttMs.has(number)) this.#duplicates++;
		else this.#rttMs.set(number, this.#order.clock.nowMs() - sentAtMs);
		if (this.#rttMs.size === this.#order.packets) this.#done.abort();
	}

	#payload(number: number): Buffer {
		const payload = Buffer.alloc(payloadBytes);
		rtpStart.copy(payload);
		payload.writeUInt16BE(number, 2);
		payload.writeUInt32BE(number * samplesPerPacket, 4);
		this.#mark.copy(payload, 8, 0, 4);
		this.#mark.copy(payload, rtpHeaderBytes);
		return payload;
	}
}

/** Nearest rank. @param ascending not empty */
export function percentileOf(ascending: readonly number[], p: number): number {
	return ascending[Math.max(0, Math.ceil((ascending.length * p) / 100) - 1)] ?? Number.NaN;
}
