import { hashFraction } from "../plan/random.js";

/** Apart from the purposes of a plan (plan/random.ts) and of an impairment. */
const choosePurpose = 102;

/** The share of the seats, rounded, at least one where there is any; the same for the same seed, fault and seats. */
export function chooseSeats(
	seats: readonly number[],
	share: number,
	{ seed, fault }: { readonly seed: number; readonly fault: number },
): readonly number[] {
	const count = Math.min(seats.length, Math.max(1, Math.round(seats.length * share)));
	const luck = (seat: number) => hashFraction(seed, choosePurpose, fault, seat);
	return seats
		.toSorted((a, b) => luck(a) - luck(b))
		.slice(0, count)
		.sort((a, b) => a - b);
}
