import { type EngineName, engineNames } from "../../engine/engine-name.js";
import { UserError } from "../../error/user-error.js";
import type { Plan, Seat } from "../../plan/plan.js";
import { shardSeats } from "../../plan/shard.js";

/** How many participants of one engine alone a machine holds. */
export type Capacity = Readonly<Record<EngineName, number>>;

type Seats = readonly Pick<Seat, "engine">[];

export function countSeats(seats: Seats): Record<EngineName, number> {
	const count = { native: 0, lite: 0 };
	for (const { engine } of seats) count[engine]++;
	return count;
}

/** What share of a machine these seats take, 0 to 1 and above; infinite where it holds none of an engine of theirs. */
export function shareOf(capacity: Capacity, seats: Seats): number {
	const count = countSeats(seats);
	return engineNames.reduce(
		(sum, name) => sum + (count[name] === 0 ? 0 : count[name] / capacity[name]),
		0,
	);
}

/** What is left of a machine beside these seats, in whole participants of one engine alone. */
export function roomBeside(capacity: Capacity, seats: Seats): Record<EngineName, number> {
	const free = Math.max(0, 1 - shareOf(capacity, seats));
	return { native: Math.floor(capacity.native * free), lite: Math.floor(capacity.lite * free) };
}

/** The machines together. */
export function sumOf(capacities: readonly Capacity[]): Record<EngineName, number> {
	const sum = { native: 0, lite: 0 };
	for (const capacity of capacities) for (const name of engineNames) sum[name] += capacity[name];
	return sum;
}

/**
 * Cuts the plan over machines, each by what it holds.
 * @returns seats of each, in the order of `machines`; of one that is not needed, none
 * @throws UserError when nobody holds participants of an engine of the plan
 */
export function deal(plan: Pick<Plan, "seats">, machines: readonly Capacity[]): Seat[][] {
	const offered = sumOf(machines);
	const needed = countSeats(plan.seats);
	for (const engine of engineNames) {
		if (needed[engine] === 0 || offered[engine] > 0) continue;
		throw new UserError({
			message: `The plan has ${needed[engine]} ${engine} participants, and no agent offers to hold any.`,
			hint: `Start agents with --capacity ${engine}=N, or take another --engine.`,
			exitCode: 1,
		});
	}
	return shardSeats(plan, machines);
}
