import { UserError } from "../error/user-error.js";
import type { Override } from "../scenario/override.js";
import { type Scenario, totalParticipants } from "../scenario/scenario.js";

/** How each run of a search goes: everybody comes at this rate, then the number is held. */
export interface Pace {
	/** Joins a second; infinite: all at once. */
	readonly joinRate: number;
	readonly holdMs: number;
}

/**
 * The pace that the scenario has: its ramp as a rate, so that larger runs do not press harder, and its hold.
 * @throws UserError when its load is anything but one ramp to 100 % and one hold
 */
export function paceOf(scenario: Scenario): Pace {
	const total = totalParticipants(scenario);
	const [ramp, hold, ...more] = scenario.load;
	const fits =
		ramp?.kind === "ramp" &&
		ramp.participants === total &&
		hold?.kind === "hold" &&
		more.length === 0;
	if (!fits)
		throw new UserError({
			message: `Scenario ${scenario.name}: a search needs a load of one ramp to 100% and one hold.`,
			hint: "Write load: [{ ramp: 10s, to: 100% }, { hold: 15s }]; --join-rate and --hold change them.",
		});
	return { joinRate: total / (ramp.durationMs / 1000), holdMs: hold.durationMs };
}

/** The time everybody takes to come, whole milliseconds. */
export function rampMs({ joinRate }: Pace, participants: number): number {
	return Number.isFinite(joinRate) ? Math.round((participants / joinRate) * 1000) : 0;
}

/** The load of a run of that many participants, as flags change a scenario. */
export function paceOverride(pace: Pace, participants: number): Override {
	return {
		flag: "--hold",
		path: "load",
		value: [
			{ ramp: `${rampMs(pace, participants)}ms`, to: "100%" },
			{ hold: `${Math.round(pace.holdMs)}ms` },
		],
	};
}
