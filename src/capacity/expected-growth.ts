import type { Seat } from "../plan/plan.js";
import type { CostModel } from "./cost.js";

/** A square is at a quarter half-way up, a straight line at a half. */
const squareBelow = 0.75;

/**
 * How the work of forwarding grows with participants in this scenario, from the audio streams that the server has
 * to deliver in runs of three sizes: as their square where publishers and listeners of a room both become more, in
 * proportion where only one of them does, or only the rooms.
 */
export function expectedGrowth(
	small: readonly Seat[],
	middle: readonly Seat[],
	large: readonly Seat[],
): CostModel {
	const [few, between, many] = [streamsIn(small), streamsIn(middle), streamsIn(large)];
	if (large.length <= small.length || many === 0) return "linear";
	const share = (middle.length - small.length) / (large.length - small.length);
	const onTheLine = few + (many - few) * share;
	return between < squareBelow * onTheLine ? "quadratic" : "linear";
}

/** Audio streams delivered, all rooms together. */
export function streamsIn(seats: readonly Seat[]): number {
	const publishers = new Map<number, number>();
	for (const { room, role } of seats)
		if (role !== "subscriber") publishers.set(room, (publishers.get(room) ?? 0) + 1);
	return seats.reduce((sum, { room, role, subscribe }) => {
		// Nobody hears itself.
		const offered = (publishers.get(room) ?? 0) - (role === "both" ? 1 : 0);
		return sum + (subscribe === "all" ? offered : Math.min(subscribe, offered));
	}, 0);
}
