import type { Histogram } from "hdr-histogram-js";
import { Distribution } from "../aggregate/distribution.js";
import { build, encodeIntoCompressedBase64 } from "../aggregate/hdr.js";
import type { DistributionSnapshot } from "../aggregate/snapshot.js";

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

/** Collects delays; never more memory than two histograms. */
export class BridgeDelay {
	readonly #histogram: Histogram = build({
		lowestDiscernibleValue: 1,
		highestTrackableValue: highestUs,
		numberOfSignificantValueDigits: 2,
	});

	#delta = new Distribution("turn.bridgeDelay");

	/** Rounds up: a delay is never told shorter than it was. */
	record(delayMs: number): void {
		const us = Math.min(Math.max(Math.ceil(delayMs * 1000), 0), highestUs);
		this.#histogram.recordValue(us);
		this.#delta.record(us / 1000);
	}

	/** The readings since the last call, as they go into the run's result. */
	takeDelta(): DistributionSnapshot | undefined {
		if (this.#delta.count === 0) return undefined;
		const delta = this.#delta.snapshot();
		this.#delta = new Distribution("turn.bridgeDelay");
		return delta;
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
