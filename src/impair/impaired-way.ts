import type { Clock } from "../clock/clock.js";
import { DelayLine } from "./delay-line.js";
import { frameKind } from "./frame-kind.js";
import type { DirectionCounts } from "./impairer-messages.js";
import { type Impairment, noImpairment } from "./impairment.js";
import { completeChecksum } from "./inner-checksum.js";
import { vxlanHeaderBytes } from "./inner-frame.js";
import type { PacketFate } from "./packet-fate.js";

/** About 30 MB of packets: a second of 20,000 a second. More is told as `overrun`. */
const mostWaiting = 20_000;
/** Node's timers count in whole milliseconds. */
const leastSleepMs = 1;

/**
 * One direction of an emulated link: datagrams go in, and come out when and as often as their fate says. One timer,
 * for the next one that is due.
 */
export class ImpairedWay {
	readonly #clock: Clock;
	readonly #send: (datagram: Buffer) => void;
	readonly #fate: PacketFate;
	readonly #line: DelayLine<Buffer>;
	#impairment = noImpairment;
	#timer: { readonly dueMs: number; readonly handle: NodeJS.Timeout } | undefined;
	readonly #counts = { received: 0, sent: 0, overrun: 0, latestMs: 0 };

	constructor(options: {
		readonly clock: Clock;
		readonly send: (datagram: Buffer) => void;
		readonly fate: PacketFate;
		/** @default 20,000 */
		readonly capacity?: number;
	}) {
		this.#clock = options.clock;
		this.#send = options.send;
		this.#fate = options.fate;
		this.#line = new DelayLine(options.capacity ?? mostWaiting);
	}

	/** For packets from now on; those under way keep their fate. */
	impair(impairment: Impairment): void {
		this.#impairment = impairment;
		this.#fate.set(impairment);
	}

	/** @param datagram VXLAN (RFC 7348), kept until it leaves; its inner checksum is completed in place */
	receive(datagram: Buffer): void {
		this.#counts.received++;
		completeChecksum(datagram);
		if (!this.#touches(datagram)) {
			this.#hand(datagram);
			return;
		}
		const nowMs = this.#clock.nowMs();
		// What is due already goes first, however late our timer is.
		this.#release(nowMs);
		for (const dueMs of this.#fate.decide(nowMs, datagram.length - vxlanHeaderBytes)) {
			if (dueMs <= nowMs) this.#hand(datagram);
			else if (!this.#line.add(dueMs, datagram)) this.#counts.overrun++;
		}
		this.#arm();
	}

	get counts(): DirectionCounts {
		return { ...this.#fate.counts, ...this.#counts, waiting: this.#line.size };
	}

	/** What waits is not sent any more. */
	close(): void {
		clearTimeout(this.#timer?.handle);
		this.#timer = undefined;
	}

	#touches(datagram: Buffer): boolean {
		const { only } = this.#impairment;
		if (only === "all") return true;
		const kind = frameKind(datagram);
		return only === "rtp" ? kind === "rtp" : kind !== "other";
	}

	#hand(datagram: Buffer): void {
		this.#counts.sent++;
		this.#send(datagram);
	}

	#release(nowMs: number): void {
		for (let next = this.#line.take(nowMs); next; next = this.#line.take(nowMs)) {
			this.#counts.latestMs = Math.max(this.#counts.latestMs, nowMs - next.dueMs);
			this.#hand(next.item);
		}
	}

	#arm(): void {
		const dueMs = this.#line.nextDueMs;
		if (dueMs === this.#timer?.dueMs) return;
		clearTimeout(this.#timer?.handle);
		this.#timer = undefined;
		if (dueMs === undefined) return;
		const sleepMs = Math.max(leastSleepMs, dueMs - this.#clock.nowMs());
		const wake = () => {
			this.#timer = undefined;
			this.#release(this.#clock.nowMs());
			this.#arm();
		};
		this.#timer = { dueMs, handle: setTimeout(wake, sleepMs) };
	}
}
