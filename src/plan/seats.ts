import type { Scenario } from "../scenario/scenario.js";
import type { Role, Seat } from "./plan.js";

const roles: readonly (readonly [Role, "publishers" | "both" | "subscribers"])[] = [
	["publisher", "publishers"],
	["both", "both"],
	["subscriber", "subscribers"],
];

/** All seats: room after room, in each the publishers first, then who does both, then subscribers. */
export function seatsOf(scenario: Pick<Scenario, "rooms" | "participants">): Seat[] {
	const seats: Seat[] = [];
	const isDataSent = scenario.participants.some(({ data }) => data !== undefined);
	for (let room = 0; room < scenario.rooms; room++) {
		let indexInRoom = 0;
		let publisherIndex = 0;
		for (const [role, kind] of roles)
			for (const [
				group,
				{ [kind]: count, engine, ice, subscribe, data },
			] of scenario.participants.entries())
				for (let i = 0; i < count; i++)
					seats.push({
						index: seats.length,
						room,
						indexInRoom: indexInRoom++,
						...(role === "subscriber" ? {} : { publisherIndex: publisherIndex++ }),
						role,
						engine,
						ice,
						// Who only publishes hears nobody.
						subscribe: role === "publisher" ? 0 : subscribe,
						...(role !== "subscriber" && data ? { data } : {}),
						...(role !== "publisher" && isDataSent ? { hearsData: true } : {}),
						group,
					});
	}
	return seats;
}

/** How many seats of each room publish: `publishers` of speakers.ts. */
export function publishersPerRoom(scenario: Pick<Scenario, "participants">): number {
	return scenario.participants.reduce((sum, group) => sum + group.publishers + group.both, 0);
}
