import { preimageText } from "./exact-text.js";

/**
 * A share as a file says it.
 * @param ratio 0 to 1
 * @throws RangeError where no percentage comes out as exactly this
 */
export function percentText(ratio: number): string {
	if (ratio === 0) return "0%";
	const digits = preimageText(ratio, ratio * 100, (percent) => percent / 100);
	if (digits === undefined) throw new RangeError(`no percentage in a scenario file is ${ratio}`);
	return `${digits}%`;
}

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * A rate as a file says it, in the largest unit that gives it exactly.
 * @param rateHz above 0
 * @throws RangeError where no rate comes out as exactly this
 */
export function rateText(rateHz: number): string {
	for (const [unit, perMs] of Object.entries(unitsMs)) {
		const read = (count: number) => (count * 1000) / perMs;
		const digits = preimageText(rateHz, (rateHz * perMs) / 1000, read);
		if (digits !== undefined) return `${digits}/${unit}`;
	}
	throw new RangeError(`no rate in a scenario file is ${rateHz} a second`);
}
