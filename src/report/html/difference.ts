import { count, figure, unknownFigure } from "../../sink/figure.js";

/**
 * How far `value` is from `base`: `+12ms (+3.1%)`, ratios in percentage points: `−0.20 points`. Says nothing of chance.
 * @returns `–` where either is unknown
 */
export function difference(
	value: number | undefined,
	base: number | undefined,
	unit: string,
): string {
	if (value === undefined || base === undefined) return unknownFigure;
	const change = value - base;
	if (!Number.isFinite(change)) return unknownFigure;
	if (change === 0) return "same";
	const sign = change > 0 ? "+" : "−";
	const size = Math.abs(change);
	if (unit === "ratio") return `${sign}${figure(size, unit).replace("%", "")} points`;
	const share = base === 0 ? "" : ` (${sign}${shareText(size / Math.abs(base))})`;
	return `${sign}${figure(size, unit)}${share}`;
}

function shareText(share: number): string {
	return `${count(Number((share * 100).toPrecision(3)))}%`;
}
