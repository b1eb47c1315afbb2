import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { FleetCrew } from "../../../src/fleet/coordinator/fleet-crew.js";
import type { FleetOrder } from "../../../src/fleet/coordinator/fleet-order.js";
import type { FromAgentKind } from "../../../src/fleet/from-agent.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { RunEvent } from "../../../src/run/run-event.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { MemoryLink, offerOf } from "./memory-link.js";

export const run = "20261122T140845Z-fleet-59015b";

/** 12 light participants for a minute. */
export const scenarioYaml = (more = "") => `
name: fleet
rooms: 2
participants: { publishers: 2, subscribers: 4 }
engine: lite
load: [{ ramp: 10s, to: 100% }, { hold: 50s }]
${more}
`;

/** A crew whose agents do at once what they are told: reserve, get ready. */
export function fleetRig(
	options: { yaml?: string; agents?: string[]; order?: Partial<FleetOrder> } = {},
) {
	const { yaml = scenarioYaml(), agents = ["a", "b", "c"] } = options;
	const clock = new ManualClock(1_000_000);
	const link = new MemoryLink();
	link.offered = agents.map((agent) => offerOf(agent));
	const setRun = (agent: string, to: string | undefined) => {
		link.offered = link.offered.map((offer) => {
			if (offer.agent !== agent) return offer;
			const { run: _, ...free } = offer;
			return to === undefined ? free : { ...free, run: to };
		});
	};
	link.onOrder = (agent, order) => {
		if (order.kind === "reserve") {
			setRun(agent, run);
			queueMicrotask(() => link.say(agent, { kind: "reserved", run }));
		}
		if (order.kind === "prepare") {
			const engines = [{ name: "lite" as const, version: "lite 1", sees: [] }];
			const { shard } = order;
			queueMicrotask(() => link.say(agent, { kind: "ready", run, shard, workers: 2, engines }));
		}
		if (order.kind === "release") setRun(agent, undefined);
	};
	const events: RunEvent[] = [];
	const lines: string[] = [];
	const totals = new Aggregates();
	const replaced: number[] = [];
	const stop = new AbortController();
	const scenario = loadScenario({
		text: yaml,
		fileName: "x.yaml",
		checkThreshold: () => undefined,
	});
	const plan = makePlan(scenario);
	const crew = new FleetCrew({
		...{ clock, run, runTag: "livesoak-59015b", scenario, plan, livesoakVersion: "1.0.0" },
		connection: {
			url: "ws://127.0.0.1:7880",
			tokens: { kind: "minted", apiKey: "key", apiSecret: "a-secret-that-nobody-may-see" },
		},
		...{ agents: agents.length, waitMs: 10_000, leaseMs: 15_000, labels: {} },
		listener: {
			onReport: (aggregates) => totals.merge(aggregates),
			onLife: (sample) => fold(totals, sample),
			onEvent: (event) => void events.push(event),
			onReplaced: (seats) => void replaced.push(...seats),
		},
		openLink: async () => link,
		onProgress: (line) => void lines.push(line),
		stop: stop.signal,
		...options.order,
	});
	/** Time goes by while something is waited for. */
	const whileTimePasses = async <T>(waiting: Promise<T>, ms = 500): Promise<T> => {
		const settled = waiting.then(
			() => {},
			() => {},
		);
		let isDone = false;
		void settled.then(() => {
			isDone = true;
		});
		for (let i = 0; i < 1_000 && !isDone; i++) await clock.advanceTo(clock.nowMs() + ms);
		return waiting;
	};
	const started = async () => {
		await whileTimePasses(crew.prepare(), 20);
		const startAtMs = clock.nowMs() + crew.startInMs;
		crew.start(startAtMs);
		await clock.advanceTo(startAtMs);
		return startAtMs;
	};
	const count = (event: string) => totals.counter("participants", { event });
	return {
		...{ crew, link, clock, plan, events, lines, totals, replaced, stop, started, count },
		whileTimePasses,
	};
}

type Report = FromAgentKind<"report">;

export function reportOf(
	shard: number,
	more: Partial<Omit<Report, "kind" | "run" | "shard">> = {},
): Omit<Report, "seq"> {
	return {
		...{ kind: "report", run, shard, atMs: 0 },
		aggregates: { counters: {}, distributions: {} },
		...{ lives: [], events: [], recoveries: [], workers: [], tokensWanted: [], replaced: [] },
		tester: { takenOver: 0, workersDied: 0, cpuSeconds: 0, maxRssBytes: 0 },
		isLast: false,
		...more,
	};
}

const labels = { engine: "lite", ice: "direct", role: "subscriber" } as const;

/** Turns of one life. */
export const begun = (seat: number, life = 0): Report["lives"][number] => ({
	...{ seat, life },
	sample: { kind: "begun", labels, lateMs: 0 },
});
export const joined = (seat: number, life = 0): Report["lives"][number] => ({
	...{ seat, life },
	sample: { kind: "joined", labels },
});
export const left = (seat: number, life = 0): Report["lives"][number] => ({
	...{ seat, life },
	sample: { kind: "left", labels },
});
export const lostAgent = (seat: number, life = 0): Report["lives"][number] => ({
	...{ seat, life },
	sample: { kind: "lost", labels, cause: "agent-lost" },
});

/** What it is rejected with. */
export async function failureOf(waiting: Promise<unknown>): Promise<Error> {
	const error: unknown = await waiting.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error instanceof Error) return error;
	throw new Error("expected a failure");
}
