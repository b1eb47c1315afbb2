import { UserError } from "../error/user-error.js";
import type { StoredRounds } from "./baseline-file.js";

/** What this gate runs. */
export interface GateFacts {
	readonly scenario: string;
	readonly scenarioHash: string;
	readonly seed: number;
	/** Fingerprint. */
	readonly machine: string;
	readonly livesoakVersion: string;
}

/**
 * Stored rounds may be compared with only when they ran the same scenario with the same seed.
 * @param place flag and path, for messages
 * @param sharesOnly figures that the machine has a say in are left out: then any machine will do
 * @returns notes for the report
 * @throws UserError naming what differs
 */
export function checkStored(
	stored: StoredRounds,
	now: GateFacts,
	place: string,
	sharesOnly: boolean,
): string[] {
	if (stored.scenarioHash !== now.scenarioHash) {
		const isNamesake = stored.scenario === now.scenario;
		throw new UserError({
			message: isNamesake
				? `${place}: of another form of the scenario ${now.scenario} (${stored.scenarioHash}, here ${now.scenarioHash}).`
				: `${place}: of the scenario ${stored.scenario}, not of ${now.scenario}.`,
			hint: "Run that scenario with the same flags, or make a new baseline with --update-baseline.",
		});
	}
	if (stored.seed !== now.seed) {
		throw new UserError({
			message: `${place}: of the seed ${stored.seed}, not of ${now.seed}.`,
			hint: `Give --seed ${stored.seed}, or make a new baseline with --update-baseline.`,
		});
	}
	if (stored.machine !== now.machine && !sharesOnly) {
		throw new UserError({
			message: `${place}: of another machine (${stored.machine}), so its times, CPU seconds and bytes say nothing here (${now.machine}).`,
			hint: "Make one on this machine with --update-baseline, or compare shares and MOS alone with --shares-only.",
		});
	}
	if (stored.livesoakVersion === now.livesoakVersion) return [];
	return [
		`${place} was measured by livesoak ${stored.livesoakVersion}, this is ${now.livesoakVersion}: a difference may be the tester's.`,
	];
}
