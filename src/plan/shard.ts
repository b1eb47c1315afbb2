import type { Plan, Seat } from "./plan.js";

/**
 * Cuts the seats of a plan into shards: every seat in exactly one, sizes differ by at most one, and so
 * does the number of each role and engine, because publishers cost more than listeners. Neighbours in
 * the order of joining go to different shards, so that a ramp loads all workers alike.
 * @throws RangeError when shardCount is not a whole number from 1
 */
export function shardSeats(plan: Pick<Plan, "seats">, shardCount: number): Seat[][] {
	if (!Number.isSafeInteger(shardCount) || shardCount < 1)
		throw new RangeError(`shardCount must be a whole number from 1, got ${shardCount}`);
	const kinds = new Map<string, Seat[]>();
	for (const seat of plan.seats) {
		const kind = `${seat.engine} ${seat.role}`;
		const same = kinds.get(kind);
		if (same === undefined) kinds.set(kind, [seat]);
		else same.push(seat);
	}
	const shards: Seat[][] = Array.from({ length: shardCount }, () => []);
	// Dealt like cards, kind after kind without starting again at the first shard.
	for (const [i, seat] of [...kinds.values()].flat().entries()) shards[i % shardCount]?.push(seat);
	for (const shard of shards) shard.sort((a, b) => a.index - b.index);
	return shards;
}
