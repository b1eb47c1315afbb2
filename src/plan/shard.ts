import { type EngineName, engineNames } from "../engine/engine-name.js";
import type { Plan, Seat } from "./plan.js";

/** How many participants of each engine alone a shard's machine holds: whole numbers from 0. */
export type ShardWeights = Readonly<Record<EngineName, number>>;

/**
 * Cuts the seats of a plan into shards, for each engine in proportion to what the shards can hold: so all are filled
 * to the same share. Every seat is in exactly one. Of each role and engine a shard has its exact proportion, rounded
 * up or down, because publishers cost more than listeners. Neighbours in the order of joining go to different shards,
 * so that a ramp loads all alike.
 * @param shards their weights, or a number of shards that weigh the same: then all sizes differ by at most one
 * @returns seats of each shard, by index, in the order of `shards`
 * @throws RangeError when there is no shard, a weight is not a whole number from 0, or nobody can take an engine
 */
export function shardSeats(
	plan: Pick<Plan, "seats">,
	shards: number | readonly ShardWeights[],
): Seat[][] {
	const weights = weightsOf(shards);
	const dealt: Seat[][] = weights.map(() => []);
	/** What each shard should have got so far, and what it got: who is owed most gets the odd seat. */
	const due = weights.map(() => 0);
	for (const [engine, seats] of kindsOf(plan.seats)) {
		const owed = due.map((exact, i) => exact - (dealt[i]?.length ?? 0));
		const ofEngine = weights.map((weight) => weight[engine]);
		const counts = apportion(seats.length, ofEngine, owed, engine);
		for (const [i, shard] of dealingOrder(counts, owed).entries()) {
			const seat = seats[i];
			if (seat) dealt[shard]?.push(seat);
		}
		const sum = total(ofEngine);
		for (const [i, weight] of ofEngine.entries())
			due[i] = (due[i] ?? 0) + (seats.length * weight) / sum;
	}
	for (const shard of dealt) shard.sort((a, b) => a.index - b.index);
	return dealt;
}

function weightsOf(shards: number | readonly ShardWeights[]): readonly ShardWeights[] {
	if (typeof shards === "number") {
		if (Number.isSafeInteger(shards) && shards >= 1)
			return Array.from({ length: shards }, () => ({ native: 1, lite: 1 }));
		throw new RangeError(`shards must be a whole number from 1, got ${shards}`);
	}
	if (shards.length === 0) throw new RangeError("there must be at least one shard");
	for (const weight of shards) {
		for (const name of engineNames) {
			if (Number.isSafeInteger(weight[name]) && weight[name] >= 0) continue;
			throw new RangeError(`a weight must be a whole number from 0, got ${weight[name]}`);
		}
	}
	return shards;
}

/** Seats of one engine and role, in order of their first seats. */
function kindsOf(seats: readonly Seat[]): (readonly [EngineName, readonly Seat[]])[] {
	const kinds = new Map<string, [EngineName, Seat[]]>();
	for (const seat of seats) {
		const kind = `${seat.engine} ${seat.role}`;
		const same = kinds.get(kind);
		if (same) same[1].push(seat);
		else kinds.set(kind, [seat.engine, [seat]]);
	}
	return [...kinds.values()];
}

/** Largest remainder, where remainders of the kinds before count too, so that not always the same shard gains. */
function apportion(
	seats: number,
	weights: readonly number[],
	owed: readonly number[],
	engine: EngineName,
): number[] {
	const sum = total(weights);
	if (sum === 0) throw new RangeError(`no shard can take participants of engine ${engine}`);
	// Products are exact, so what divides evenly has no remainder.
	const exact = weights.map((weight) => (seats * weight) / sum);
	const counts = exact.map(Math.floor);
	const claims = exact.flatMap((share, i) =>
		Number.isInteger(share) ? [] : [{ i, claim: (owed[i] ?? 0) + share - Math.floor(share) }],
	);
	claims.sort((a, b) => b.claim - a.claim || a.i - b.i);
	for (const { i } of claims.slice(0, seats - total(counts))) counts[i] = (counts[i] ?? 0) + 1;
	return counts;
}

/** Which shard gets the first seat, the second …: each at even distances; of several at once, who is owed most. */
function dealingOrder(counts: readonly number[], owed: readonly number[]): number[] {
	const turns = counts.flatMap((count, shard) =>
		Array.from({ length: count }, (_, n) => ({ shard, at: (n + 0.5) / count })),
	);
	turns.sort(
		(a, b) => a.at - b.at || (owed[b.shard] ?? 0) - (owed[a.shard] ?? 0) || a.shard - b.shard,
	);
	return turns.map(({ shard }) => shard);
}

function total(numbers: readonly number[]): number {
	return numbers.reduce((sum, n) => sum + n, 0);
}
