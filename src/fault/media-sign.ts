import type { Seat } from "../plan/plan.js";
import { publishersPerRoom } from "../plan/seats.js";
import type { Scenario } from "../scenario/scenario.js";

/**
 * By what it is seen that a participant's media flows: packets that it hears, else packets that it sends, else (nobody
 * to hear and nothing to send) its connection alone.
 */
export type MediaSign = "heard" | "sent" | "connected";

export function mediaSign(
	{ role, subscribe }: Pick<Seat, "role" | "subscribe">,
	scenario: Pick<Scenario, "media" | "participants">,
): MediaSign {
	if (scenario.media === "none") return "connected";
	const isPublisher = role !== "subscriber";
	const others = publishersPerRoom(scenario) - (isPublisher ? 1 : 0);
	if (subscribe !== 0 && others > 0) return "heard";
	return isPublisher ? "sent" : "connected";
}
