import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { agentsBlock } from "../../../src/report/agents-text.js";
import { compareText } from "../../../src/report/compare-text.js";
import { readReport } from "../../../src/report/read-report.js";
import type { ReportedAgent } from "../../../src/report/report.js";
import type { RunAgent } from "../../../src/run/run-info.js";
import { reportCase } from "../../rig/report-case.js";
import { type FabricatedFolder, resultFolderOf, small, startAtMs } from "./result-files.js";

const chalk = new Chalk({ level: 0 });
const agent: RunAgent = {
	...{ name: "eu-1", id: "eu-1-7f", version: "0.1.0", cores: 4, memoryBytes: 8e9 },
	...{ capacity: { lite: 400, native: 100 }, labels: { region: "eu" } },
	...{ clockOffsetMs: 0.75, clockErrorMs: 0.25, seats: 6 },
};
const overAgents = {
	...small,
	info: { agents: [agent, { ...agent, name: "eu-2", id: "eu-2-11", clockOffsetMs: -12 }] },
	events: [
		...(small.events ?? []),
		{ atMs: startAtMs + 1_000, kind: "agent-joined", agent: "eu-2", cores: 4, seats: 6 },
		{
			...{ atMs: startAtMs + 2_000, kind: "agent-lost", agent: "eu-2", participantsLost: 3 },
			...{ silentMs: 18_000, reason: "no message" },
		},
		{
			...{ atMs: startAtMs + 2_100, kind: "agent-joined", agent: "us-1", cores: 8, seats: 0 },
			isLate: true,
		},
		{
			...{ atMs: startAtMs + 3_000, kind: "agent-replaced", agent: "us-1", lost: "eu-2" },
			...{ seats: 6, fromMs: 4_000 },
		},
	],
} satisfies FabricatedFolder;

test("who lived the plan, and what became of each; the story marks it", async () => {
	const report = await readReport(await resultFolderOf(overAgents));
	expect(report.missing).toEqual([]);
	expect(report.agents).toMatchObject([
		{ name: "eu-1", seats: 6, clockOffsetMs: 0.75, tookOver: [] },
		{ name: "eu-2", cores: 4, lost: { atMs: 2_000, participantsLost: 3 } },
		{ name: "us-1", cores: 8, joinedLateMs: 2_100, tookOver: [{ atMs: 3_000, lost: "eu-2" }] },
	]);
	expect(report.agents.map(({ lost }) => lost !== undefined)).toEqual([false, true, false]);
	expect(report.marks.map(({ kind, fromMs, text }) => [kind, fromMs, text])).toEqual([
		["agent", 2_000, "agent eu-2 lost: no message, silent for 18.0s; 3 participants lost"],
		["agent", 2_100, "agent us-1 joined late, 0 seats"],
		["agent", 3_000, "agent us-1 takes over 6 seats of eu-2"],
	]);
	expect(agentsBlock(report, chalk)).toBe(`agents
  3 agents, 16 cores, 1 lost
agent  livesoak  cores                   holds  seats           clock
eu-1      0.1.0      4  400 lite or 100 native      6  +0.8ms ± 0.3ms
eu-2      0.1.0      4  400 lite or 100 native      6   -12ms ± 0.3ms
us-1          –      8                       –      0               –
  eu-2: lost at 00:02 with 3 participants: no message, silent for 18.0s
  us-1: joined at 00:02; took over 6 seats of eu-2 at 00:03`);
});

test("without run.json's list the events still name them", async () => {
	const folder = await resultFolderOf(overAgents);
	const run = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
	await writeFile(join(folder, "run.json"), JSON.stringify({ ...run, agents: [{ cores: "4" }] }));
	const report = await readReport(folder);
	expect(report.run?.participants).toBe(12);
	expect(report.agents.map(({ name }) => name)).toEqual(["eu-2", "us-1"]);
});

test("a run on one machine has no agents, and its folder says nothing of them", async () => {
	const folder = await resultFolderOf(small);
	const report = await readReport(folder);
	expect(report.agents).toEqual([]);
	expect(agentsBlock(report, chalk)).toBe("");
	for (const file of ["run.json", "timeline.jsonl", "events.jsonl", "summary.json", "summary.md"])
		expect(await readFile(join(folder, file), "utf8"), file).not.toMatch(/agent|"heard"/i);
});

test("of very many those are told to which something happened", () => {
	const agents = Array.from({ length: 200 }, (_, n): ReportedAgent => {
		const lost = { atMs: 1, participantsLost: 1, silentMs: 1, reason: "no message" };
		return { name: `a${n}`, cores: 2, tookOver: [], ...(n % 8 === 0 ? { lost } : {}) };
	});
	const lines = agentsBlock({ agents }, chalk).split("\n");
	expect(lines[1]).toBe("  200 agents, 400 cores, 25 lost");
	expect(lines.filter((line) => /^a\d/.test(line))).toHaveLength(20);
	expect(lines.at(-1)).toBe("  and 5 more in events.jsonl");
});

test("a run over agents beside one on one machine: that is what makes them hard to compare", () => {
	const [fleet, local] = [reportCase({ overAgents: true }), reportCase()];
	const text = compareText(fleet, local, { chalk, columns: 100 });
	expect(text).toContain("agents        A 3 agents, 16 cores, 1 lost   B none, one machine");
	expect(compareText(local, local, { chalk, columns: 100 })).not.toContain("agents");
});
