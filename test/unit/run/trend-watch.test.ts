import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import type { MemoryReading } from "../../../src/run/memory-reading.js";
import type { RunView, WorkerView } from "../../../src/run/run-view.js";
import { TrendWatch } from "../../../src/run/trend-watch.js";

const mb = 1e6;
const holdMs = 20 * 60_000;
const corners = [
	{ atMs: 0, participants: 0 },
	{ atMs: 60_000, participants: 10 },
	{ atMs: 60_000 + holdMs, participants: 10 },
];

interface Second {
	readonly memory?: MemoryReading;
	readonly workers?: readonly Partial<WorkerView>[];
	readonly jitterMs?: number;
	readonly isFaulty?: boolean;
}

function view(elapsedMs: number, { memory, workers = [], jitterMs, isFaulty }: Second): RunView {
	const window = new Aggregates();
	if (jitterMs !== undefined) window.record("rtp.jitter", jitterMs);
	return {
		...{ nowMs: elapsedMs, elapsedMs, durationMs: holdMs, target: 10, alive: 10, joining: 0 },
		...{ totals: window, window, thresholds: [], invalidities: [] },
		workers: workers.map((worker) => ({
			...{ worker: 0, pid: 1, alive: 0, joining: 0, cpu: 0, rssBytes: 0, lagP99Ms: 0 },
			...worker,
		})),
		...(isFaulty ? { activeFaults: ["restart-server" as const] } : {}),
		...(memory ? { memory } : {}),
	};
}

/** Watches a whole run, a view every five seconds. */
function watched(secondAt: (hours: number, elapsedMs: number) => Second) {
	const watch = new TrendWatch(corners);
	for (let atMs = 0; atMs < 60_000 + holdMs; atMs += 5_000)
		watch.onView(view(atMs, secondAt(atMs / 3.6e6, atMs)));
	return new Map(watch.trends().map((trend) => [trend.figure, trend]));
}

test("memory of parent and workers together, of the server and of TURN each have their slope", () => {
	const trends = watched((hours) => ({
		memory: {
			...{ testerBytes: 50 * mb + 5 * mb * hours, serverLife: 1, turnLife: 2 },
			...{ serverBytes: 90 * mb + 40 * mb * hours, turnBytes: 20 * mb },
		},
		workers: [{ rssBytes: 100 * mb + 7 * mb * hours }, { pid: 2, rssBytes: 100 * mb }],
	}));
	expect([...trends.keys()]).toEqual(["tester.memory", "server.memory", "turn.memory"]);
	expect(trends.get("tester.memory")?.perHour).toBeCloseTo(12 * mb, -3);
	expect(trends.get("server.memory")).toMatchObject({ drifts: true });
	expect(trends.get("server.memory")?.perHour).toBeCloseTo(40 * mb, -3);
	expect(trends.get("turn.memory")).toMatchObject({ perHour: 0, drifts: false });
});

test("the ramp and the warm-up are left out", () => {
	const warmMs = 60_000 + holdMs / 10;
	const trends = watched((_, atMs) => ({ jitterMs: atMs < warmMs ? 500 - atMs / 1_000 : 4 }));
	expect(trends.get("rtp.jitter")).toMatchObject({ perHour: 0, level: 4, fromMs: warmMs });
});

test("a restarted server is a new story, a replaced worker too", () => {
	const restartMs = 10 * 60_000;
	const trends = watched((_, atMs) => {
		const isFresh = atMs >= restartMs;
		return {
			memory: {
				testerBytes: mb,
				serverBytes: (isFresh ? 50 : 400) * mb,
				serverLife: isFresh ? 2 : 1,
			},
			workers: [{ rssBytes: (isFresh ? 10 : 90) * mb, pid: isFresh ? 8 : 7 }],
		};
	});
	expect(trends.get("server.memory")).toMatchObject({ perHour: 0, fromMs: restartMs });
	expect(trends.get("tester.memory")).toMatchObject({ perHour: 0, level: 11 * mb });
});

test("what a fault does to the media is no drift, and a worker that has not reported has no memory of zero", () => {
	const trends = watched((_, atMs) => {
		const isFaulty = atMs > 15 * 60_000;
		return {
			...{ isFaulty, jitterMs: isFaulty ? 300 : 4, memory: { testerBytes: mb } },
			workers: [{ rssBytes: atMs % 10_000 === 0 ? 0 : 9 * mb }],
		};
	});
	expect(trends.get("rtp.jitter")).toMatchObject({ perHour: 0, drifts: false });
	expect(trends.get("tester.memory")).toMatchObject({ perHour: 0, level: 10 * mb });
});

test("a run that goes on takes up what was on the disk", () => {
	const half = new TrendWatch(corners);
	for (let atMs = 0; atMs < 60_000 + holdMs; atMs += 5_000) {
		const second = view(atMs, { jitterMs: 4 + 30 * (atMs / 3.6e6) });
		if (atMs < 12 * 60_000) half.onPast({ elapsedMs: atMs, window: second.window.snapshot() });
		else half.onView(second);
	}
	const [jitter] = half.trends();
	expect(jitter?.perHour).toBeCloseTo(30, 1);
	expect(jitter).toMatchObject({ drifts: true, fromMs: 60_000 + holdMs / 10 });
});

test("without a long hold there is nothing to watch", () => {
	const watch = new TrendWatch([
		{ atMs: 0, participants: 5 },
		{ atMs: 60_000, participants: 5 },
	]);
	expect(watch.isWatching).toBe(false);
	watch.onView(view(30_000, { jitterMs: 4 }));
	expect(watch.trends()).toEqual([]);
});
