const units = [
	["year", 365 * 86_400_000],
	["day", 86_400_000],
	["h", 3_600_000],
	["min", 60_000],
	["s", 1_000],
] as const;

/** A length of time in its largest fitting unit: `3 days`, `12 min`, `45 s`. */
export function spanText(spanMs: number): string {
	const size = Math.abs(spanMs);
	const [unit, unitMs] = units.find(([, each]) => size >= each) ?? (["s", 1_000] as const);
	const number = Math.round(size / unitMs);
	return `${number} ${unit}${unit.length > 3 || unit === "day" ? (number === 1 ? "" : "s") : ""}`;
}

/** The last moment that JavaScript's calendar knows (ECMA-262, 21.4.1.1). */
const endOfTimeMs = 8.64e15;

/** `2026-11-22T14:00:00Z`, or words for what is on no calendar. */
export function momentText(atMs: number): string {
	if (!(Math.abs(atMs) <= endOfTimeMs)) return "no date";
	return new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
}
