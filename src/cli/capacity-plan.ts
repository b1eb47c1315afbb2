import { type Pace, paceOf, paceOverride, rampMs } from "../capacity/pace.js";
import type { SearchRules } from "../capacity/search.js";
import { type Varied, vary } from "../capacity/vary.js";
import { UserError } from "../error/user-error.js";
import { makePlan } from "../plan/make-plan.js";
import type { Plan } from "../plan/plan.js";
import type { Scenario } from "../scenario/scenario.js";
import type { CapacityFlags } from "./capacity.js";
import type { CapacityNumbers } from "./capacity-numbers.js";
import { readScenarioFile, scenarioOf } from "./scenario-options.js";

/** What a search will do, checked before anything is started. */
export interface CapacityPlan {
	readonly scenario: Scenario;
	readonly varied: Varied;
	readonly rules: SearchRules;
	/** The run of a count: the same each time. */
	runOf(count: number): {
		readonly scenario: Scenario;
		readonly plan: Plan;
		/** Since its start: when everybody should be there. */
		readonly heldFromMs: number;
	};
}

/** @throws UserError when the scenario cannot be searched with, or not in these bounds */
export async function planCapacity(
	flags: CapacityFlags,
	numbers: CapacityNumbers,
): Promise<CapacityPlan> {
	// Read once: who edits the file meanwhile does not change the search.
	const text = await readScenarioFile(flags.scenario);
	const scenario = scenarioOf(flags, text);
	checkSearchable(scenario);
	const own = paceOf(scenario);
	const pace: Pace = {
		joinRate: numbers.joinRate ?? own.joinRate,
		holdMs: numbers.holdMs ?? own.holdMs,
	};
	const varied = variedIn(flags, text, scenario);
	const runOf = (count: number) => {
		const participants = varied.participantsAt(count);
		const overrides = [varied.override(count), paceOverride(pace, participants)];
		const changed = scenarioOf(flags, text, overrides);
		const heldFromMs = rampMs(pace, participants);
		return { scenario: changed, plan: makePlan(changed), heldFromMs };
	};
	const asked = rulesFor(varied, numbers);
	// What would be wrong at either end is told now, not half an hour later.
	runOf(asked.start);
	runOf(asked.most);
	const rules = { ...asked, least: leastPossible(asked, runOf) };
	return { scenario, varied, rules, runOf };
}

/** A room of too few cannot offer as many tracks as a listener subscribes to: there the search has its lower end. */
function leastPossible({ least, grid, start }: SearchRules, runOf: CapacityPlan["runOf"]): number {
	for (let count = least; count < start; count += grid) {
		try {
			runOf(count);
			return count;
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
		}
	}
	return start;
}

function checkSearchable({ name, thresholds, faults }: Scenario): void {
	const judging = Object.values(thresholds).flat();
	if (!judging.some(({ advisory }) => !advisory))
		throw new UserError({
			message: `Scenario ${name} has no thresholds, so nothing says when the server no longer holds.`,
			hint: 'Add some, for example thresholds: { connect.media: ["p95 < 2s", "failed < 1%"] }.',
		});
	if (faults.length > 0)
		throw new UserError({
			message: `Scenario ${name} has faults; a search needs an undisturbed server.`,
			hint: "Leave faults out, or give --set faults=[].",
		});
}

function variedIn(flags: CapacityFlags, text: string, scenario: Scenario): Varied {
	const alone = vary(flags.vary, scenario, false);
	if (flags.vary !== "publishers") return alone;
	// One group may be written as a list of one, which a resolved scenario no longer shows.
	try {
		scenarioOf(flags, text, [alone.override(alone.now)]);
		return alone;
	} catch {
		return vary(flags.vary, scenario, true);
	}
}

function rulesFor(varied: Varied, numbers: CapacityNumbers): SearchRules {
	const { least, grid, now } = varied;
	const { start = now, maxParticipants, resolution, repeats } = numbers;
	const most = least + Math.floor((varied.countFor(maxParticipants) - least) / grid) * grid;
	if (most < least)
		throw new UserError({
			message: `--max-participants ${maxParticipants} is fewer than the least there can be, ${varied.participantsAt(least)}.`,
			hint: "Raise it, or have fewer rooms or kinds of participants in the scenario.",
		});
	if (start < least || start > most)
		throw new UserError({
			message: `The search would start with ${start} ${varied.unit}, and there can be ${least} to ${most}.`,
			hint: "Give another --start or --max-participants.",
		});
	return { least, most, grid, start, resolution, repeats };
}
