import { shown } from "./shown.js";

/** Hours, minutes, seconds, milliseconds, largest first, each at most once: `500ms`, `1h30m`. */
export const durationPattern =
	/^(?=\d)(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

const unitsMs = [3_600_000, 60_000, 1000, 1] as const;

/** Milliseconds of a duration text, or undefined when it is none or not a whole number of them. */
export function parseDuration(text: string): number | undefined {
	const match = durationPattern.exec(text);
	if (match === null) return undefined;
	const totalMs = unitsMs.reduce((sum, unitMs, i) => sum + Number(match[i + 1] ?? 0) * unitMs, 0);
	const wholeMs = Math.round(totalMs);
	return Math.abs(totalMs - wholeMs) < 1e-6 * Math.max(1, wholeMs / 1e9) ? wholeMs : undefined;
}

/** The shortest text that {@link parseDuration} reads as this many whole milliseconds. */
export function formatDuration(ms: number): string {
	if (ms === 0) return "0s";
	const hours = Math.floor(ms / 3_600_000);
	const minutes = Math.floor((ms % 3_600_000) / 60_000);
	const restMs = ms % 60_000;
	const rest = restMs === 0 ? "" : restMs < 1000 ? `${restMs}ms` : `${restMs / 1000}s`;
	return `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}${rest}`;
}

/** Why a value is not a duration, in one sentence part. */
export function notADuration(value: unknown): string {
	const expected = "expected a duration such as 500ms, 10s, 5m or 1h30m";
	if (typeof value === "number") return `${expected}, got ${value} (a number without a unit)`;
	if (typeof value === "string" && /^-/.test(value))
		return `a duration cannot be negative, got ${shown(value)}`;
	return `${expected}, got ${shown(value)}`;
}
