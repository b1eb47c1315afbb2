import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import type { Crew, CrewPart } from "../../../src/pool/crew.js";
import { Judge } from "../../../src/run/judge.js";
import type { RunOrder } from "../../../src/run/run-order.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

const scenario = loadScenario({
	text: "name: j\nparticipants: { both: 2 }\nload: [{ ramp: 1s, to: 100% }, { hold: 9s }]",
	fileName: "j.yaml",
	checkThreshold: () => undefined,
});

/** A part whose event loop was late by so much. */
function part(name: string, lagMs: number, cpuSeconds: number): CrewPart {
	const totals = new Aggregates();
	totals.record("tester.lag", lagMs);
	return { name, totals, cpuSeconds, cores: 2 };
}

function invaliditiesOf(parts: readonly CrewPart[]): string[] {
	const clock = new ManualClock(0);
	const crew = {
		...{ parts, workers: [], engines: new Map(), workerCount: 2, cores: 4 },
		soFar: {
			...{ takenOver: 0, workersDied: 0, maxRssBytes: 0 },
			cpuSeconds: parts.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
		},
	} satisfies Partial<Crew>;
	const order = { clock, scenario, plan: makePlan(scenario) } satisfies Partial<RunOrder>;
	// The judge asks for nothing else of them.
	const judge = new Judge(order as unknown as RunOrder, crew as unknown as Crew, new Aggregates());
	const { invalidities } = judge.view(-10_000, new Aggregates());
	return invalidities.map(({ rule, text }) => `${rule}: ${text}`);
}

test("machines that keep up make no run invalid", () => {
	expect(invaliditiesOf([part("web-1", 1, 5), part("web-2", 1, 5)])).toEqual([]);
});

test("one machine of many that cannot keep up makes the run invalid, by its name", () => {
	const [lag, cpu, ...others] = invaliditiesOf([part("web-1", 1, 5), part("web-2", 900, 19.9)]);
	expect(lag).toMatch(/^lag: agent web-2: the tester's own event loop was \d+ ms late/);
	expect(cpu).toMatch(/^cpu: agent web-2: the tester used 99.5 % of all cores/);
	expect(others).toEqual([]);
});
