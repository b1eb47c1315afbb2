import type { ValueUnit } from "./statistic.js";
import { ThresholdError } from "./threshold-error.js";

const milliseconds: Readonly<Record<string, number>> = {
	us: 0.001,
	"\u00b5s": 0.001, // micro sign
	"\u03bcs": 0.001, // Greek mu, which looks the same
	ms: 1,
	s: 1000,
	m: 60_000,
};

/**
 * Reads a threshold's value into the unit of the metric (ms; ratio 0..1; MOS 1..4.5; a whole number).
 * A value that every run would pass or fail is refused: `ratio < 5` means 5 % to its author.
 * @throws ThresholdError
 */
export function parseValue(text: string, unit: ValueUnit): number {
	const [, digits, suffix = ""] = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\D*)$/i.exec(text) ?? [];
	if (digits === undefined) {
		throw new ThresholdError(`"${text}" is not a number with a unit`, example[unit]);
	}
	const number = Number(digits);
	if (number < 0) throw new ThresholdError(`"${text}" is negative`, example[unit]);
	switch (unit) {
		case "ms":
			return timeOf(text, number, suffix);
		case "ratio":
			return ratioOf(text, number, suffix);
		case "mos":
			if (suffix === "" && number >= 1 && number <= 4.5) return number;
			throw new ThresholdError(`"${text}" is not a mean opinion score`, example.mos);
		case "count":
			if (suffix === "" && Number.isSafeInteger(number)) return number;
			throw new ThresholdError(`"${text}" is not a count`, example.count);
	}
}

const example: Readonly<Record<ValueUnit, string>> = {
	ms: "write a time such as 500us, 30ms, 2s or 1m",
	ratio: "write a share such as 0.5% or 0.005",
	mos: "write a plain number from 1 to 4.5",
	count: "write a plain whole number such as 0 or 100",
};

function timeOf(text: string, number: number, suffix: string): number {
	const factor = Object.hasOwn(milliseconds, suffix) ? milliseconds[suffix] : undefined;
	if (factor !== undefined) return number * factor;
	if (suffix === "") {
		throw new ThresholdError(`"${text}" has no unit`, `write ${text}ms or ${text}s`);
	}
	throw new ThresholdError(`"${suffix}" is not a unit of time`, example.ms);
}

function ratioOf(text: string, number: number, suffix: string): number {
	if (suffix !== "" && suffix !== "%") {
		throw new ThresholdError(`"${suffix}" is not a unit of a share`, example.ratio);
	}
	const share = suffix === "%" ? number / 100 : number;
	if (share <= 1) return share;
	throw new ThresholdError(
		`"${text}" is more than the whole`,
		suffix === "" && number <= 100 ? `write ${number}% or ${number / 100}` : example.ratio,
	);
}
