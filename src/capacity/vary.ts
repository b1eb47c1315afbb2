import { UserError } from "../error/user-error.js";
import type { Override } from "../scenario/override.js";
import { type Scenario, totalParticipants } from "../scenario/scenario.js";
import type { CapacityUnit } from "./capacity-result.js";

export const capacityUnits = ["participants", "rooms", "publishers"] as const;

/** What is varied, and which counts of it there are. */
export interface Varied {
	readonly unit: CapacityUnit;
	readonly least: number;
	readonly grid: number;
	/** As the scenario has it. */
	readonly now: number;
	/** In all rooms together. */
	participantsAt(count: number): number;
	countFor(participants: number): number;
	override(count: number): Override;
}

const kinds = ["publishers", "subscribers", "both"] as const;

/**
 * What `--vary` means in this scenario.
 * @param isList whether the scenario has a list of groups, as `participants.0.publishers` then has to be written
 * @throws UserError when the scenario has nothing of the kind, or more than one
 */
export function vary(unit: CapacityUnit, scenario: Scenario, isList: boolean): Varied {
	const total = totalParticipants(scenario);
	const { rooms } = scenario;
	const flag = `--vary ${unit}`;
	switch (unit) {
		case "participants": {
			const cells = scenario.participants.flatMap((group) =>
				kinds.filter((kind) => group[kind] > 0),
			);
			return {
				...{ unit, least: rooms * cells.length, grid: rooms, now: total },
				participantsAt: (count) => count,
				countFor: (participants) => participants,
				override: (participants) => ({ flag, participants }),
			};
		}
		case "rooms": {
			const each = total / rooms;
			return {
				...{ unit, least: 1, grid: 1, now: rooms },
				participantsAt: (count) => count * each,
				countFor: (participants) => Math.floor(participants / each),
				override: (value) => ({ flag, path: "rooms", value }),
			};
		}
		case "publishers": {
			const { index, now } = onlyPublishers(scenario);
			const others = total - now * rooms;
			const path = isList ? `participants.${index}.publishers` : "participants.publishers";
			return {
				...{ unit, least: 1, grid: 1, now },
				participantsAt: (count) => others + count * rooms,
				countFor: (participants) => Math.floor((participants - others) / rooms),
				override: (value) => ({ flag, path, value }),
			};
		}
	}
}

function onlyPublishers({ participants }: Scenario): { index: number; now: number } {
	const groups = participants
		.map(({ publishers }, index) => ({ index, now: publishers }))
		.filter(({ now }) => now > 0);
	const [only, ...others] = groups;
	if (only !== undefined && others.length === 0) return only;
	throw new UserError({
		message:
			only === undefined
				? "--vary publishers: the scenario has no publishers."
				: `--vary publishers: ${groups.length} groups of the scenario have publishers, and it is not clear whose to vary.`,
		hint: "Give exactly one group a number of publishers, or vary participants or rooms.",
	});
}
