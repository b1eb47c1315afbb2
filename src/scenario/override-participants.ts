import { isMapping, type Overridden } from "./change.js";
import { participants } from "./participants.js";

const kinds = ["publishers", "subscribers", "both"] as const;

/**
 * `--participants N`: exactly N in all rooms together, with the kinds of each room in the same
 * proportion as in the file. Where that does not come out even, the largest remainders get one more
 * (publishers before subscribers before both on a tie), and no kind that the file has disappears.
 * A number that cannot be spread evenly over the rooms is a problem that names the nearest ones.
 */
export function overrideParticipants(raw: unknown, wanted: number): Overridden {
	if (!Number.isSafeInteger(wanted) || wanted < 1)
		return { problem: `expected a whole number from 1, got ${wanted}` };
	if (!isMapping(raw)) return { changes: [] };
	const rooms = raw.rooms ?? 1;
	const groups = participants.safeParse(raw.participants);
	// Rooms or groups that are wrong in themselves are reported by the check of the whole scenario.
	if (!Number.isSafeInteger(rooms) || Number(rooms) < 1 || !groups.success) return { changes: [] };

	const cells = groups.data
		.flatMap((group, g) =>
			kinds.map((kind) => ({
				path: Array.isArray(raw.participants) ? ["participants", g, kind] : ["participants", kind],
				count: group[kind],
			})),
		)
		.filter((cell) => cell.count > 0);
	if (cells.length === 0) return { changes: [] };

	const impossible = nearestPossible(wanted, Number(rooms), cells.length);
	if (impossible !== undefined) return { problem: impossible };
	const counts = spread(
		wanted / Number(rooms),
		cells.map((cell) => cell.count),
	);
	return { changes: cells.map((cell, i) => ({ path: cell.path, value: counts[i] })) };
}

function nearestPossible(wanted: number, rooms: number, kindsInUse: number): string | undefined {
	const least = rooms * kindsInUse;
	const inRooms = rooms === 1 ? "1 room" : `${rooms} rooms`;
	if (wanted < least)
		return `${wanted} is too few for ${inRooms} with ${kindsInUse} kind${kindsInUse === 1 ? "" : "s"} of participant each; the least is ${least}`;
	if (wanted % rooms === 0) return undefined;
	const below = wanted - (wanted % rooms);
	return `${wanted} cannot be spread evenly over ${inRooms}; the nearest possible are ${below} and ${below + rooms}`;
}

/** Largest-remainder apportionment (Hamilton), every part at least 1. `total` >= number of parts. */
export function spread(total: number, weights: readonly number[]): number[] {
	const sum = weights.reduce((a, b) => a + b, 0);
	const parts = weights.map((weight, i) => {
		const exact = (total * weight) / sum;
		return { i, count: Math.floor(exact), remainder: exact - Math.floor(exact) };
	});
	const missing = total - parts.reduce((a, part) => a + part.count, 0);
	const byRemainder = parts.toSorted((a, b) => b.remainder - a.remainder || a.i - b.i);
	for (const part of byRemainder.slice(0, missing)) part.count++;
	for (const part of parts) {
		if (part.count > 0) continue;
		const largest = parts.reduce((a, b) => (b.count > a.count ? b : a));
		largest.count--;
		part.count++;
	}
	return parts.map((part) => part.count);
}
