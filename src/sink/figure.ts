/** Shown where nothing was measured: unknown is never zero. */
export const unknownFigure = "–";

/**
 * A value with its unit as people read it: `412ms`, `12.3s`, `0.05%`, `4.38`.
 * @param value In the unit named; undefined is shown as unknown.
 */
export function figure(value: number | undefined, unit: string): string {
	if (value === undefined || !Number.isFinite(value)) return unknownFigure;
	switch (unit) {
		case "ms":
			return milliseconds(value);
		case "ratio":
			return percent(value);
		case "mos":
			return value.toFixed(2);
		default:
			return count(value);
	}
}

function milliseconds(value: number): string {
	const size = Math.abs(value);
	if (size >= 120_000) return `${(value / 60_000).toFixed(1)}min`;
	if (size >= 10_000) return `${(value / 1_000).toFixed(1)}s`;
	if (size >= 10 || Number.isInteger(value)) return `${Math.round(value)}ms`;
	return `${value.toFixed(1)}ms`;
}

/** Two decimals, or as many as a small ratio needs so that a real loss is never shown as none. */
function percent(ratio: number): string {
	const value = ratio * 100;
	if (value !== 0 && Math.abs(value) < 0.01) return `${Number(value.toPrecision(1))}%`;
	return `${value.toFixed(2)}%`;
}

/** A number with thousands grouped by commas, at most two decimals. */
export function count(value: number): string {
	return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** Elapsed time as `00:15`, or `1:02:03` from an hour on. */
export function clockTime(elapsedMs: number): string {
	const seconds = Math.max(0, Math.floor(elapsedMs / 1_000));
	const pad = (part: number) => String(part).padStart(2, "0");
	const minutesAndSeconds = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
	const hours = Math.floor(seconds / 3_600);
	return hours > 0 ? `${hours}:${minutesAndSeconds}` : minutesAndSeconds;
}

/** A share of one core or of all: `43%`. */
export function cpuShare(share: number): string {
	return `${Math.round(share * 100)}%`;
}
