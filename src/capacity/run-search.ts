import type { Clock } from "../clock/clock.js";
import type { Capacity, CapacityStep } from "./capacity-result.js";
import { nextMove, type SearchRules, type Why } from "./search.js";

/** How one measurement ended. */
export type Measured =
	| { readonly kind: "step"; readonly step: CapacityStep }
	| { readonly kind: "stopped" }
	| { readonly kind: "server-lost" | "error"; readonly text: string };

export interface SearchOrder {
	readonly rules: SearchRules;
	readonly maxSteps: number;
	/** On the clock: no run is begun that would end later. */
	readonly deadlineMs: number;
	readonly clock: Clock;
	/** How long a run of that many takes. */
	lengthMs(count: number): number;
	measure(count: number, why: Why, number: number): Promise<Measured>;
	/** After each step, with all so far. */
	onStep(steps: readonly CapacityStep[]): Promise<void>;
}

export interface SearchEnd {
	readonly ended: Exclude<Capacity["ended"], "running">;
	readonly reason?: string;
	readonly steps: readonly CapacityStep[];
}

/** Measures what the search asks for, one after another, until it has its answer or something ends it. */
export async function runSearch(order: SearchOrder): Promise<SearchEnd> {
	const { rules, maxSteps, deadlineMs, clock } = order;
	const steps: CapacityStep[] = [];
	for (;;) {
		const move = nextMove(steps, rules);
		if (move.kind === "done") return { ended: move.why, steps };
		if (steps.length >= maxSteps)
			return { ended: "steps", reason: `${maxSteps} runs (--max-steps) were not enough`, steps };
		if (clock.nowMs() + order.lengthMs(move.count) > deadlineMs)
			return { ended: "time", reason: "--max-duration leaves no time for another run", steps };
		const measured = await order.measure(move.count, move.why, steps.length + 1);
		if (measured.kind === "stopped") return { ended: "stopped", steps };
		if (measured.kind !== "step") return { ended: measured.kind, reason: measured.text, steps };
		steps.push(measured.step);
		await order.onStep(steps);
	}
}
