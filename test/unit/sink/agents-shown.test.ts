import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/run/run-event.js";
import { agentLines } from "../../../src/sink/live-agents.js";
import { liveFrame } from "../../../src/sink/live-frame.js";
import { notable } from "../../../src/sink/notable.js";
import { plainLine } from "../../../src/sink/plain.js";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { invalidityTexts, testerText } from "../../../src/sink/summary-rows.js";
import {
	agentView,
	aggregatesOf,
	fleetViewOf,
	runInfo,
	summaryOf,
	viewOf,
} from "./fabricated-run.js";

const chalk = new Chalk({ level: 0 });
const totals = aggregatesOf([]);
const many = (count: number, lost = 0) =>
	Array.from({ length: count }, (_, n) => agentView(`a${n}`, { isUp: n >= lost, alive: n }));

describe("the live picture", () => {
	test("a line each: who is up, with how many and how well, and who is lost", () => {
		expect(agentLines(fleetViewOf(totals), chalk)).toEqual([
			"✓ eu-1  alive 6  joining 1  workers 1  cpu 20%  lag p99 3ms",
			"✗ us-1  lost, silent for 18.3s",
		]);
	});

	test("one that has said nothing for some seconds is marked before it is lost", () => {
		const agents = [agentView("eu-1", { reportAgeMs: 7_000 })];
		const [line] = agentLines(fleetViewOf(totals, { agents, workers: [] }), chalk);
		expect(line).toBe(
			"! eu-1  alive 6  joining 1  workers 1  cpu 0%  lag p99 –  silent for 7000ms",
		);
	});

	test("ten have a line each, more of them a sum with the lost ones named", () => {
		const lines = (count: number, lost?: number) =>
			agentLines(fleetViewOf(totals, { agents: many(count, lost) }), chalk);
		expect(lines(10)).toHaveLength(10);
		expect(lines(11)).toEqual([
			"11 of 11 up  alive 55  joining 11  workers 11  cpu 40%  lag p99 8ms  longest silent 500ms",
		]);
		expect(lines(20, 7)).toEqual([
			expect.stringMatching(/^13 of 20 up {2}alive 190 /),
			"lost: a0, a1, a2, a3, a4 and 2 more",
		]);
	});

	test("it is part of the picture; a run on one machine has none", () => {
		const frame = (view = viewOf(totals)) =>
			liveFrame({ run: runInfo, view, joinsPerSecond: 0, columns: 100, chalk });
		expect(frame(fleetViewOf(totals))).toContain("          ✗ us-1  lost, silent for 18.3s");
		expect(frame().join("\n")).not.toMatch(/agent/);
	});

	test("names of others cannot rewrite the terminal", () => {
		const agents = [agentView("\u001b[2Jx\u202e")];
		expect(agentLines(fleetViewOf(totals, { agents }), chalk).join()).not.toMatch(/\p{Cc}|\u202e/u);
	});
});

test("a plain line says how many are up", () => {
	expect(plainLine(fleetViewOf(totals))).toMatch(/^00:15 agents 1\/2 alive 11\/12 /);
});

test.each<[RunEvent, string | undefined]>([
	[{ atMs: 1, kind: "agent-joined", agent: "a", cores: 2, seats: 9 }, undefined],
	[
		{ atMs: 1, kind: "agent-joined", agent: "a", cores: 2, seats: 1, isLate: true },
		"agent a joined late, 1 seat",
	],
	[
		{ atMs: 1, kind: "agent-refused", agent: "a", reason: "livesoak 0.2.0, this is 0.1.0" },
		"agent a is not taken: livesoak 0.2.0, this is 0.1.0",
	],
	[
		{
			...{ atMs: 1, kind: "agent-lost", agent: "a", participantsLost: 40 },
			...{ silentMs: 18_200, reason: "no message" },
		},
		"agent a lost (no message), silent for 18.2s; 40 participants lost",
	],
	[
		{ atMs: 1, kind: "agent-replaced", agent: "b", lost: "a", seats: 40, fromMs: 20_000 },
		"agent b takes over 40 seats of a",
	],
	[
		{ atMs: 1, kind: "capacity-short", engine: "lite", needed: 900, offered: 800 },
		"the agents offer to hold 800 lite participants, and the plan has 900 at once",
	],
	[
		{
			...{ atMs: 1, kind: "worker-died", agent: "a", worker: 1, pid: 7 },
			...{ reason: "SIGKILL", participantsLost: 4 },
		},
		"worker 1 of agent a (pid 7) died: SIGKILL; 4 participants lost",
	],
])("$kind is told", (event, text) => {
	expect(notable(event)).toBe(text);
});

test("the final report says on how many machines, and how many of them were lost", () => {
	const tester = { cpuSeconds: 12.5, maxRssBytes: 2.5e8, workers: 6, workersDied: 0 };
	const text = (more: object) => testerText(summaryOf(totals, { tester: { ...tester, ...more } }));
	expect(text({})).toMatch(/^6 workers, 12\.5s CPU/);
	expect(text({ agents: 3, agentsLost: 0 })).toMatch(/^6 workers on 3 agents, 12\.5s CPU/);
	expect(text({ agents: 3, agentsLost: 1 })).toMatch(/^6 workers on 3 agents, 1 lost, 12\.5s/);
	const invalidities = [
		{ rule: "lost-to-tester", observed: 1, limit: 0, unit: "ratio", text: "lost" },
	] as const;
	const advice = invalidityTexts(
		summaryOf(totals, { invalidities, tester: { ...tester, agents: 3, agentsLost: 1 } }),
	);
	expect(advice.join()).toContain("See agent-lost in events.jsonl");
});

test("Prometheus: workers by agent, and what is known of each agent", async () => {
	const view = fleetViewOf(totals, { workers: fleetViewOf(totals).workers.map(withOwnPid) });
	const text = await prometheusRegistry(() => ({ run: runInfo, view })).metrics();
	const shown = text.replaceAll(/,run="[^"]*",scenario="[^"]*"/g, "").split("\n");
	const ofAgents = shown.filter((line) => /^livesoak_(agent|worker_(lag|open))/.test(line));
	expect(ofAgents.sort()).toEqual([
		'livesoak_agent_clock_offset_seconds{agent="eu-1"} -0.0015',
		'livesoak_agent_clock_offset_seconds{agent="us-1"} -0.0015',
		'livesoak_agent_participants{agent="eu-1",state="alive"} 6',
		'livesoak_agent_participants{agent="eu-1",state="joining"} 1',
		'livesoak_agent_participants{agent="us-1",state="alive"} 0',
		'livesoak_agent_participants{agent="us-1",state="joining"} 0',
		'livesoak_agent_report_age_seconds{agent="eu-1"} 0.5',
		'livesoak_agent_report_age_seconds{agent="us-1"} 18.3',
		'livesoak_agent_up{agent="eu-1"} 1',
		'livesoak_agent_up{agent="us-1"} 0',
		'livesoak_agent_workers{agent="eu-1"} 1',
		'livesoak_agent_workers{agent="us-1"} 0',
		'livesoak_worker_lag_p99_seconds{agent="eu-1",worker="0"} 0.003',
		'livesoak_worker_lag_p99_seconds{agent="us-1",worker="0"} 0.008',
	]);
});

/** A process that is there on this machine, and is not the one that is meant. */
function withOwnPid<T extends object>(worker: T): T & { readonly pid: number } {
	return { ...worker, pid: process.pid };
}
