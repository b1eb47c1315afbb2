import { formatDuration, parseDuration } from "./duration-text.js";

/**
 * @param ms as a file can say them: whole milliseconds from 0
 * @throws RangeError for others, which no file can say
 */
export function durationText(ms: number): string {
	const text = Number.isSafeInteger(ms) && ms >= 0 ? formatDuration(ms) : "";
	if (parseDuration(text) !== ms)
		throw new RangeError(`no duration in a scenario file is ${ms} ms: it must be whole, from 0`);
	return text;
}

/**
 * The shortest number that comes out as `wanted` when a file is read: what was computed from a number in a file is
 * seldom the number itself times a constant, for both were rounded.
 * @param near about the number that is sought; above 0
 * @param read what the reader of scenario files makes of it
 * @returns digits without an exponent; undefined where no number gives exactly this
 */
export function preimageText(
	wanted: number,
	near: number,
	read: (value: number) => number,
): string | undefined {
	/** At most one unit in the last place. */
	const step = (near * Number.EPSILON) / 2;
	const candidates = [
		...Array.from({ length: 17 }, (_, i) => Number(near.toPrecision(i + 1))),
		// Two roundings move it by no more than these neighbours.
		...[1, -1, 2, -2, 3, -3, 4, -4].map((steps) => near + steps * step),
	];
	const found = candidates.find((value) => read(value) === wanted);
	return found === undefined ? undefined : plainDigits(found);
}

/** A finite number from 0 in decimal digits without an exponent, exact: it is read back as the same. */
export function plainDigits(value: number): string {
	const [mantissa = "", exponent] = String(value).split("e");
	if (exponent === undefined) return mantissa;
	const [whole = "", fraction = ""] = mantissa.split(".");
	const digits = whole + fraction;
	const point = whole.length + Number(exponent);
	if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
	if (point >= digits.length) return digits.padEnd(point, "0");
	return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
