import { Distribution } from "../aggregate/distribution.js";
import type { DistributionSnapshot } from "../aggregate/snapshot.js";
import type { Summary } from "../verdict/summary.js";
import type { ReportBar } from "./report.js";

/** Twelve bars a decade, of round figures (the E12 series): a tail of seconds leaves the milliseconds apart. */
const decade = [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2];

/** Below this nobody tells one time from another. */
const finestMs = 1;

/**
 * The histogram of `connect.media`: a bar counts the times above `fromMs` up to `toMs`, and all bars together count
 * every one. Empty where nobody got media.
 * @throws when the histogram of the summary is damaged
 */
export function connectBars(summary: Summary): ReportBar[] {
	const metric = summary.metrics["connect.media"];
	if (!metric || metric.count === 0) return [];
	const all = new Distribution("connect.media");
	all.merge(snapshotOf(metric));
	const bars: ReportBar[] = [];
	let fromMs = 0;
	let counted = 0;
	for (const toMs of edges()) {
		const upTo = all.countAtOrBelow(toMs);
		if (upTo > counted || counted > 0) bars.push({ fromMs, toMs, count: upTo - counted });
		counted = upTo;
		fromMs = toMs;
		if (counted >= all.count) return bars;
	}
	return bars;
}

/** Extremes of a summary are in its unit, those of a snapshot in steps. */
function snapshotOf(metric: NonNullable<Summary["metrics"][string]>): DistributionSnapshot {
	return {
		hdr: metric.hdr,
		...{ numerator: metric.mean * metric.count, denominator: metric.count },
		...{ min: metric.min / metric.hdrStep, max: metric.max / metric.hdrStep },
	};
}

/** Up to eleven days: longer than a connect can be. */
function* edges(): Generator<number> {
	for (let power = finestMs; power <= 1e9; power *= 10) {
		for (const digit of decade) yield Number((digit * power).toPrecision(2));
	}
}
