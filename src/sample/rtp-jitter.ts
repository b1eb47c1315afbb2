/**
 * Interarrival jitter of one RTP stream, by RFC 3550 6.4.1 and A.8: J += (|D| − J) / 16 for each packet
 * in order of arrival, D being the difference of relative transit times. In floating point, without the
 * RFC's rounding to timestamp units.
 */
export class RtpJitter {
	readonly #clockRateHz: number;
	/** Plain fields, for this runs once a packet: nothing is to be allocated. */
	#hasLast = false;
	#lastTimestamp = 0;
	#lastArrivalMs = 0;
	#jitterMs = 0;

	/** @param clockRateHz of the RTP timestamps; 48,000 for Opus (RFC 7587) */
	constructor(clockRateHz: number) {
		this.#clockRateHz = clockRateHz;
	}

	/**
	 * @param timestamp the packet's 32-bit RTP timestamp; wrap-around is expected
	 * @param arrivalMs on any steady clock
	 */
	receive(timestamp: number, arrivalMs: number): void {
		const elapsedMs = arrivalMs - this.#lastArrivalMs;
		// `| 0` takes the step as signed 32 bits: right across a wrap and for reordered packets.
		const step = (timestamp - this.#lastTimestamp) | 0;
		const isFirst = !this.#hasLast;
		this.#hasLast = true;
		this.#lastTimestamp = timestamp;
		this.#lastArrivalMs = arrivalMs;
		if (isFirst) return;
		const differenceMs = Math.abs(elapsedMs - (step / this.#clockRateHz) * 1000);
		this.#jitterMs += (differenceMs - this.#jitterMs) / 16;
	}

	/** A new source begins: its timestamps have no relation to the last one's. The estimate stays. */
	restart(): void {
		this.#hasLast = false;
	}

	/** 0 until the second packet. */
	get jitterMs(): number {
		return this.#jitterMs;
	}
}
