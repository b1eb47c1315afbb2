import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import { readResume } from "../../../src/run/read-resume.js";
import type { Fault, FaultEffect } from "../../../src/scenario/fault.js";
import { scenarioWith } from "../plan/arbitrary-scenario.js";

const zeroAtMs = 1_795_348_800_000;
const drop: FaultEffect = { do: "signal-drop", share: 1 };

function at(atMs: number, effect: FaultEffect): Fault {
	return { when: { kind: "at", atMs }, effect, withinMs: 30_000 };
}

function second(
	elapsedMs: number,
	of: { gapMs?: number; alive?: number; joining?: number; fault?: FaultEffect } = {},
): object {
	const { gapMs = 0, alive = 4, joining = 0, fault } = of;
	const window = new Aggregates();
	if (fault) fold(window, { kind: "fault", fault: fault.do });
	const people = { target: 4, alive, joining };
	const atMs = zeroAtMs + gapMs + elapsedMs;
	return { atMs, elapsedMs, ...people, window: window.snapshot(), workers: [] };
}

async function folderOf(files: Readonly<Record<string, readonly object[]>>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-resume-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	for (const [name, lines] of Object.entries(files))
		await writeFile(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return folder;
}

test("killed three times, once before a second was saved: faults keep their times, and only quiet seconds say how it was", async () => {
	const herd: FaultEffect = { do: "herd", share: 1, awayMs: 9_000 };
	const scenario = scenarioWith({
		faults: [at(3_500, herd), at(7_500, drop), at(12_000, { do: "kill-worker" })],
	});
	const gapMs = 20_000;
	const began = { kind: "fault-began", affected: 4, means: "some way" };
	const folder = await folderOf({
		"timeline.jsonl": [
			...[second(1_000), second(2_000), second(3_000)],
			...[second(4_000, { alive: 0, fault: herd }), second(5_000, { alive: 0 })],
			// Killed, and back from the third second on.
			...[
				second(6_000, { gapMs, alive: 0, joining: 4 }),
				second(7_000, { gapMs, alive: 3, joining: 1 }),
			],
			...[second(8_000, { gapMs, fault: drop }), second(9_000, { gapMs })],
		],
		"events.jsonl": [
			{ ...began, number: 0, atMs: zeroAtMs + 3_510 },
			{ kind: "run-resumed", atMs: zeroAtMs + gapMs + 5_000, elapsedMs: 5_000, gapMs },
			{ ...began, number: 1, atMs: zeroAtMs + gapMs + 7_510 },
			{ kind: "fault-ended", number: 1, atMs: zeroAtMs + gapMs + 7_520 },
		],
	});
	const point = await readResume(folder, makePlan(scenario), scenario, [
		{ atMs: 5_000, gapMs },
		{ atMs: 9_000, gapMs: 50_000 },
	]);
	expect(point.fromMs).toBe(9_000);
	expect(point.faults).toMatchObject([
		{ do: "herd", atMs: 3_510, untilMs: 5_000, error: expect.stringContaining("killed") },
		{ do: "signal-drop", atMs: 7_510, untilMs: 7_520 },
	]);
	expect(point.faultsDue).toMatchObject([{ number: 2, atMs: 12_000 }]);
	expect(point.calm.level).toMatchObject({ mostMissing: 0 });
	expect(point.calm.isReturning).toBe(true);
});
