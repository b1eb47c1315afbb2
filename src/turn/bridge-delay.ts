import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

const highestUs = 60_000_000;

/** What a bridge itself adds to a packet's way, in microseconds. */
export interface BridgeDelayFigures {
	readonly count: number;
	/** 0 while there is no reading; rounded up to whole microseconds. */
	readonly p50Us: number;
	readonly p99Us: number;
	readonly maxUs: number;
	/** All readings, as HDR base64 (compressed V2) of microseconds: percentiles of several workers come from adding these. */
	readonly hdr: string;
}

/** Collects delays; never more memory than one histogram. */
export class BridgeDelay {
	readonly #histogram: Histogram = build({
		lowestDiscernibleValue: 1,
		highestTrackableValue: highestUs,
		numberOfSignificantValueDigits: 2,
	});

	/** Rounds up: a delay is never told shorter than it was. */
	record(delayMs: number): void {
		this.#histogram.recordValue(Math.min(Math.max(Math.ceil(delayMs * 1000), 0), highestUs));
	}

	figures(): BridgeDelayFigures {
		const at = (percentile: number) =>
			this.#histogram.totalCount === 0 ? 0 : this.#histogram.getValueAtPercentile(percentile);
		return {
			count: this.#histogram.totalCount,
			p50Us: at(50),
			p99Us: at(99),
			maxUs: at(100),
			hdr: encodeIntoCompressedBase64(this.#histogram),
		};
	}
}
