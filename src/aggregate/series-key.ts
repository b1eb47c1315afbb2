import { type CounterLabels, type CounterName, counters, isCounterName } from "./catalogue.js";

/** One time series of a counter. */
export interface Series {
	readonly name: CounterName;
	readonly labels: Readonly<Record<string, string>>;
}

/** Identities, addresses and words with blanks do not fit: a guard for bounded, harmless labels. */
const labelValue = /^[A-Za-z0-9._-]*$/;

/**
 * The key of a series in snapshots: `name{label=value,…}`, labels in the catalogue's order, so that
 * equal series have equal keys everywhere.
 * @throws RangeError for a label value outside `[A-Za-z0-9._-]*`
 */
export function seriesKey<N extends CounterName>(name: N, labels: CounterLabels<N>): string {
	const given: Readonly<Record<string, string | undefined>> = labels;
	const parts = counters[name].labels.map((label) => {
		const value = given[label];
		if (value === undefined || !labelValue.test(value)) {
			throw new RangeError(`counter ${name}: label ${label} cannot be ${JSON.stringify(value)}`);
		}
		return `${label}=${value}`;
	});
	return `${name}{${parts.join(",")}}`;
}

/** The same few keys come each second from each agent. Bounded: what comes from outside must not fill the memory. */
const known = new Map<string, Series>();
const mostKnown = 2_000;

/**
 * The inverse of {@link seriesKey}.
 * @throws RangeError for a key that {@link seriesKey} cannot have made (a snapshot of another version)
 */
export function parseSeriesKey(key: string): Series {
	const found = known.get(key);
	if (found) return found;
	const series = parse(key);
	if (known.size < mostKnown) known.set(key, series);
	return series;
}

function parse(key: string): Series {
	const match = /^([A-Za-z.]+)\{(.*)\}$/.exec(key);
	const [, name = "", list = ""] = match ?? [];
	if (!isCounterName(name)) throw new RangeError(`unknown counter in snapshot: ${key}`);
	const pairs = list === "" ? [] : list.split(",").map((part) => part.split("="));
	const labels = Object.fromEntries(pairs.map(([label = "", value = ""]) => [label, value]));
	const isKnown = Object.keys(labels).join() === counters[name].labels.join();
	if (!isKnown || !Object.values(labels).every((value) => labelValue.test(value))) {
		throw new RangeError(`counter ${name}: unexpected labels in snapshot: ${key}`);
	}
	return { name, labels };
}
