import type { Scenario } from "../scenario/scenario.js";
import { closedPlan } from "./closed-plan.js";
import { openPlan } from "./open-plan.js";
import type { Plan } from "./plan.js";

/**
 * Computes everything that will happen in a run: a pure function of the scenario, its seed included, so
 * that every worker and every machine comes to the same plan.
 * @throws UserError when arrivals need more participants than the scenario has
 */
export function makePlan(scenario: Scenario): Plan {
	const ramped = scenario.load.filter((step) => step.kind !== "arrive");
	if (ramped.length === scenario.load.length) return closedPlan(scenario, ramped);
	return openPlan(
		scenario,
		scenario.load.filter((step) => step.kind !== "ramp"),
	);
}
