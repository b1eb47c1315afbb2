import type { EngineName } from "../../src/engine/engine-name.js";
import type { IcePolicy } from "../../src/ice/policy.js";

/** How people shall come and go, and for how long. */
export interface ChurnOrder {
	readonly engine: EngineName;
	readonly ice: IcePolicy;
	/** On the server at a time. */
	readonly participants: number;
	/** A stay is anything between the two, in seconds. */
	readonly staySeconds: readonly [least: number, most: number];
	/** Of churn before anything is judged: heaps and pools find their size. Again after the first rest, which shrinks them. */
	readonly warmUpSeconds: number;
	/** Of churn that is judged. */
	readonly churnSeconds: number;
	/** Nobody is there, before and after the judged churn: what is open then is what was left behind. */
	readonly restSeconds: number;
}

/** Seconds since the run's start. */
export interface Phase {
	readonly from: number;
	readonly to: number;
}

const rampSeconds = 5;

/** When what is judged: churn, and the two rests around it. */
export function phasesOf(order: ChurnOrder): Record<"restBefore" | "churn" | "restAfter", Phase> {
	const { warmUpSeconds, churnSeconds, restSeconds } = order;
	const warmUp = rampSeconds + warmUpSeconds;
	const restBefore = { from: warmUp, to: warmUp + restSeconds };
	const churnFrom = restBefore.to + warmUp;
	const churn = { from: churnFrom, to: churnFrom + churnSeconds };
	return { restBefore, churn, restAfter: { from: churn.to, to: churn.to + restSeconds } };
}

/** What of `livesoak run`'s flags makes any scenario such a churn. */
export function churnFlags(order: ChurnOrder): string[] {
	const { engine, ice, participants, staySeconds, warmUpSeconds, churnSeconds, restSeconds } =
		order;
	const [least, most] = staySeconds;
	const fill = `{ramp: ${rampSeconds}s, to: 100%}`;
	const rest = `{ramp: 0s, to: 0}, {hold: ${restSeconds}s}`;
	// A worker ends with its last participant: after the second rest one more comes to each seat.
	const end = "{ramp: 0s, to: 100%}, {hold: 2s}";
	const warmUp = `${fill}, {hold: ${warmUpSeconds}s}`;
	const load = `[${warmUp}, ${rest}, ${warmUp}, {hold: ${churnSeconds}s}, ${rest}, ${end}]`;
	return [
		...["--engine", engine, "--ice", ice, "--participants", String(participants)],
		...["--set", `load=${load}`, "--set", `life.stay={uniform: [${least}s, ${most}s]}`],
	];
}
