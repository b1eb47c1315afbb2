/** What every query about runs is narrowed by: the dashboard's variables. */
const chosen = 'run=~"$run",scenario=~"$scenario"';

/** A selector of the chosen runs' series. */
export function ofRun(metric: string, matchers = ""): string {
	return `${metric}{${[chosen, matchers].filter((part) => part !== "").join(",")}}`;
}

/** As `ofRun`, of metrics that tell engine and ICE policy apart. */
export function ofPopulation(metric: string, matchers = ""): string {
	return ofRun(
		metric,
		['engine=~"$engine",ice=~"$ice"', matchers].filter((part) => part !== "").join(","),
	);
}

/** As `ofRun`, of metrics that tell worker processes apart. */
export function ofWorker(metric: string): string {
	return ofAgent(metric, 'worker=~"$worker"');
}

/** As `ofRun`, of metrics that tell agents apart. */
export function ofAgent(metric: string, matchers = ""): string {
	return ofRun(metric, ['agent=~"$agent"', matchers].filter((part) => part !== "").join(","));
}

/**
 * How much a counter grew in the window before. Not `increase`: that loses what a counter holds when it is
 * first seen, and a cause of failure is first seen by its first failures. A counter of a run begins at 0 and
 * never restarts, so one that was not there a window ago has grown by all it holds. Where something may
 * restart (servers), the fall shows as 0.
 * @param by labels of the result; `run`, or `instance` for servers, must be among them: a sum over several
 * would fall when one of them ends
 */
export function growth(selector: string, by: string, window: string): string {
	const now = `sum by (${by}) (${selector})`;
	const before = `sum by (${by}) (${selector} offset ${window})`;
	return `clamp_min(${now} - (${before} or ${now} * 0), 0)`;
}

/** As `growth` of the one counter that may fall: packets lost, of which late ones take back. */
export function signedGrowth(selector: string, by: string, window: string): string {
	const now = `sum by (${by}) (${selector})`;
	return `(${now} - (sum by (${by}) (${selector} offset ${window}) or ${now} * 0))`;
}

/** Per second over Grafana's own window, which fits the step of the picture. */
export function perSecond(selector: string, by: string): string {
	return `${growth(selector, by, "$__rate_interval")} / ($__rate_interval_ms / 1000)`;
}

/** A percentile of the readings of the window before, as exact as the buckets are. */
export function quantile(q: number, bucket: string, by: string, window: string): string {
	return `histogram_quantile(${q}, ${growth(bucket, `${by}, le`, window)})`;
}

/** The mean of the readings of the window before: exact, whatever the buckets are. */
export function mean(histogram: (part: string) => string, by: string, window: string): string {
	return `${growth(histogram("_sum"), by, window)} / ${growth(histogram("_count"), by, window)}`;
}

/** Lost of expected packets in the window before. */
export function lossShare(window: string): string {
	const lost = signedGrowth(ofRun("livesoak_rtp_packets_lost_total"), "run", window);
	const received = ofRun("livesoak_rtp_packets_total", 'direction="received"');
	return `${lost} / (${lost} + ${growth(received, "run", window)})`;
}

/** Part of whole in the window before, of two counters of a run. */
export function share(part: string, whole: string, window: string): string {
	return `${growth(ofRun(part), "run", window)} / ${growth(ofRun(whole), "run", window)}`;
}
