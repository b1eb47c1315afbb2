import type { Aggregates } from "../aggregate/aggregates.js";

/** One second of a run. */
export interface LevelSecond {
	/** Participants that should be there and are not. */
	readonly missing: number;
	readonly lost: number;
	readonly received: number;
	/** Of three tracks in four it is at most this; undefined where none had packets. */
	readonly jitterMs: number | undefined;
}

/** How a run was for some seconds. */
export interface Level {
	readonly leastMissing: number;
	readonly mostMissing: number;
	readonly lossRatio: number | undefined;
	readonly jitterMs: number | undefined;
}

export function levelSecond(view: {
	readonly target: number;
	readonly alive: number;
	readonly window: Aggregates;
}): LevelSecond {
	const { target, alive, window } = view;
	return {
		missing: Math.max(0, target - alive),
		lost: window.counter("packetsLost"),
		received: window.counter("packets", { direction: "received" }),
		jitterMs: window.distribution("rtp.jitter")?.percentile(75),
	};
}

/** Undefined for no seconds at all. */
export function levelOf(seconds: readonly LevelSecond[]): Level | undefined {
	if (seconds.length === 0) return undefined;
	const missing = seconds.map((second) => second.missing);
	const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
	const lost = sum(seconds.map((second) => second.lost));
	const expected = lost + sum(seconds.map(({ received }) => received));
	const jitters = seconds.flatMap(({ jitterMs }) => jitterMs ?? []);
	return {
		leastMissing: Math.min(...missing),
		mostMissing: Math.max(...missing),
		lossRatio: expected > 0 ? lost / expected : undefined,
		jitterMs: jitters.length > 0 ? sum(jitters) / jitters.length : undefined,
	};
}

/** What is still as before: the noise of a quiet run is well below. */
const tolerance = { lossRatio: 0.005, jitterMs: 5, jitterFactor: 2 } as const;

/**
 * What is worse after a fault than before it, in words; empty: all is back. Of the seconds after it the best counts for
 * who is missing, of those before it the worst, so that churn is no fault.
 */
export function worseThan(before: Level | undefined, after: Level): string[] {
	const worse: string[] = [];
	const missing = after.leastMissing - (before?.mostMissing ?? 0);
	if (missing > 0) worse.push(`${missing} participants fewer than before`);
	if (!before) return worse;
	if (before.lossRatio !== undefined) {
		if (after.lossRatio === undefined) worse.push("no packets, as there were before");
		else if (after.lossRatio > before.lossRatio + tolerance.lossRatio)
			worse.push(`loss ${percent(after.lossRatio)}, before ${percent(before.lossRatio)}`);
	}
	if (before.jitterMs === undefined || after.jitterMs === undefined) return worse;
	const { jitterMs, jitterFactor } = tolerance;
	const limitMs = Math.max(before.jitterMs * jitterFactor, before.jitterMs + jitterMs);
	if (after.jitterMs > limitMs)
		worse.push(`jitter ${after.jitterMs.toFixed(1)} ms, before ${before.jitterMs.toFixed(1)} ms`);
	return worse;
}

function percent(share: number): string {
	return `${(share * 100).toFixed(2)} %`;
}
