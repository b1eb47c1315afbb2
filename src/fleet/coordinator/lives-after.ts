import type { Plan } from "../../plan/plan.js";

/** Whether the plan has anybody on these seats after a time, in plan time. */
export function livesAfter(
	plan: Pick<Plan, "seats" | "eachLife">,
	seats: readonly number[],
	planMs: number,
): boolean {
	return seats.some((index) => {
		const seat = plan.seats[index];
		if (!seat) return false;
		for (const { endMs } of plan.eachLife(seat)) if (endMs > planMs) return true;
		return false;
	});
}
