import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import type { Life, Seat } from "../../../src/plan/plan.js";
import type { FromWorker } from "../../../src/pool/messages.js";
import { WorkerLoadMeter } from "../../../src/pool/worker-load.js";
import { WorkerReports } from "../../../src/pool/worker-reports.js";

const labels = { engine: "lite", ice: "direct", role: "both" } as const;
const seat: Seat = {
	...{ index: 3, room: 0, indexInRoom: 3, group: 0 },
	...{ role: "both", engine: "lite", ice: "direct", subscribe: "all" },
};
const life: Life = { seat, number: 1, startMs: 0, endMs: 1_000 };

const memory = { rss: 7e6, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
const memoryUsage = Object.assign(() => memory, { rss: () => memory.rss });

function reporting() {
	const clock = new ManualClock();
	const told: FromWorker[] = [];
	let cpuMicros = 0;
	const cpuUsage = () => ({ user: cpuMicros, system: 0 });
	const reports = new WorkerReports(
		{ clock, send: (message) => void told.push(message) },
		{
			aggregates: new Aggregates(),
			load: new WorkerLoadMeter({ cpuUsage, memoryUsage }, clock.nowMs()),
			engines: [],
		},
	);
	const work = async (cpuMs: number, ms: number) => {
		cpuMicros += cpuMs * 1_000;
		await clock.advanceTo(clock.nowMs() + ms);
	};
	return { reports, told, work };
}

test("turns of lives go at once, what is measured waits for the report, and is told once", async () => {
	const { reports, told, work } = reporting();
	await work(800, 1_000);
	reports.begin();
	reports.onSample({ kind: "begun", labels, lateMs: 0 }, life);
	reports.onSample({ kind: "lag", lagMs: 4 }, life);
	expect(told).toMatchObject([{ kind: "life", seat: 3, life: 1, sample: { kind: "begun" } }]);
	await work(500, 1_000);
	reports.report();
	reports.report();
	const [first, second] = told.slice(1).flatMap((each) => (each.kind === "report" ? [each] : []));
	expect(Object.keys(first?.aggregates.distributions ?? {})).toEqual(["tester.lag"]);
	expect(second?.aggregates.distributions).toEqual({});
	// What it took to get ready is no load of the run.
	expect(first?.load).toMatchObject({ cpu: 0.5, cpuSeconds: 0.5, rssBytes: 7e6 });
});

test("once all are counted as lost, what becomes of them is told no more, what is measured is", () => {
	const { reports, told } = reporting();
	reports.onSample({ kind: "begun", labels, lateMs: 0 }, life);
	reports.onSample({ kind: "joined", labels }, life);
	reports.closeLives("agent-lost");
	reports.onSample({ kind: "left", labels }, life);
	reports.onSample({ kind: "lag", lagMs: 4 }, life);
	reports.report();
	expect(told.map((each) => (each.kind === "life" ? each.sample.kind : each.kind))).toEqual([
		...["begun", "joined", "lost", "report"],
	]);
	expect(told[2]).toMatchObject({ seat: 3, life: 1, sample: { cause: "agent-lost" } });
	expect(told[3]).toMatchObject({ aggregates: { distributions: { "tester.lag": {} } } });
});

test("each version of the server is told once", () => {
	const { reports, told } = reporting();
	for (const version of ["1.13.5", "1.13.5", "1.9.12", "1.13.5"]) reports.onServer(version);
	expect(told).toMatchObject([
		{ kind: "event", event: { kind: "server", version: "1.13.5" } },
		{ kind: "event", event: { kind: "server", version: "1.9.12" } },
	]);
});
