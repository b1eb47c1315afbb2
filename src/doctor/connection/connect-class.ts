import { type ConnectStage, stages } from "../../sample/stage.js";
import type { Attempt } from "./media-jobs.js";

/** How long a join took, as people feel it. */
export type ConnectClass = "good" | "slow" | "bad";

export const slowFromMs = 2_000;
export const badFromMs = 5_000;

export function connectClass(connectMs: number): ConnectClass {
	if (connectMs < slowFromMs) return "good";
	return connectMs < badFromMs ? "slow" : "bad";
}

/** The stage that took longest, and for how long; the stages are counted from the one before that was seen. */
export function longestStage({
	stagesMs,
	connectMs,
}: Pick<Attempt, "stagesMs" | "connectMs">): { stage: ConnectStage; tookMs: number } | undefined {
	let beforeMs = 0;
	let longest: { stage: ConnectStage; tookMs: number } | undefined;
	for (const stage of stages) {
		const atMs = stagesMs[stage];
		// Stages may come out of order, and after the connect that they were part of.
		if (atMs === undefined || atMs < beforeMs || atMs > (connectMs ?? atMs)) continue;
		if (atMs - beforeMs > (longest?.tookMs ?? -1)) longest = { stage, tookMs: atMs - beforeMs };
		beforeMs = atMs;
	}
	return longest;
}
