/**
 * Interarrival jitter of one RTP stream, by RFC 3550 6.4.1 and A.8: J += (|D| − J) / 16 for each packet
 * in order of arrival, D being the difference of relative transit times. In floating point, without the
 * RFC's rounding to timestamp units.
 */
export class RtpJitter {
	readonly #clockRateHz: number;
	#last: { readonly timestamp: number; readonly arrivalMs: number } | undefined;
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
		const last = this.#last;
		this.#last = { timestamp, arrivalMs };
		if (last === undefined) return;
		// `| 0` takes the step as signed 32 bits: right across a wrap and for reordered packets.
		const mediaMs = (((timestamp - last.timestamp) | 0) / this.#clockRateHz) * 1000;
		const differenceMs = Math.abs(arrivalMs - last.arrivalMs - mediaMs);
		this.#jitterMs += (differenceMs - this.#jitterMs) / 16;
	}

	/** A new source begins: its timestamps have no relation to the last one's. The estimate stays. */
	restart(): void {
		this.#last = undefined;
	}

	/** 0 until the second packet. */
	get jitterMs(): number {
		return this.#jitterMs;
	}
}
