import { expect, test } from "vitest";
import { capacityHtml } from "../../src/capacity/capacity-html.js";
import { conclude } from "../../src/capacity/conclude.js";
import type { Varied } from "../../src/capacity/vary.js";
import { gateHtml } from "../../src/gate/gate-html.js";
import type { GateResult } from "../../src/gate/gate-result.js";
import { withBrowser } from "../rig/browser.js";
import { requirePart } from "../rig/real-parts.js";
import { aFailure, aStep } from "../unit/capacity/a-step.js";

const group = requirePart("chromium");
const varied: Varied = {
	...{ unit: "participants", least: 1, grid: 1, now: 20 },
	participantsAt: (count) => count,
	countFor: (participants) => participants,
	override: (participants) => ({ flag: "--vary participants", participants }),
};
const phone = { viewport: { width: 400, height: 800 } };

group("on a narrow screen nothing is wider than the screen", () => {
	const open = withBrowser();
	const widthOf = async (html: string) => {
		// These pages have no script that could say when it is done.
		const { page, complaints } = await open(html.replace("<html", "<html data-ready"), phone);
		expect(complaints).toEqual([]);
		return page.evaluate("document.documentElement.scrollWidth");
	};

	test("of a capacity search", async () => {
		const steps = [
			aStep({ step: 1, count: 20, participants: 20 }),
			aStep({ step: 2, count: 40, participants: 40 }),
			aFailure({ step: 3, count: 80, participants: 80 }),
		];
		const result = conclude({
			...{ scenario: "many", seed: 1, startedAt: "2026-01-01T00:00:00.000Z", durationMs: 300_000 },
			...{ ended: "found", varied, goesThroughTurn: false, growth: "linear", steps },
			server: { url: "10.0.0.5:7880", embedded: false, version: "1.13.5", sharesMachine: false },
			machine: { cpu: "x", cores: 8 },
		});
		const html = capacityHtml(result, (count) => count);
		expect(html).toContain("<svg");
		expect(await widthOf(html)).toBe(400);
	});

	test("of a gate whose servers have long paths", async () => {
		const name = "/root/.cache/livesoak/livekit-server/v1.13.5/server-with-a-long-name";
		const side = { kind: "binary", name, serverVersion: "v1.13.5", rounds: 0 } as const;
		const result: GateResult = {
			...{ schema: 1, verdict: "aborted", exitCode: 130, reason: "stopped" },
			...{ gateId: "g", startedAt: "2026-01-01T00:00:00.000Z", livesoakVersion: "0.1.0" },
			...{ scenario: "short", scenarioHash: "ff", seed: 1, rounds: 0, roundsInvalid: 0 },
			...{ alpha: 0.05, power: 0.9, baseline: side, candidate: side },
			...{ looks: [], notes: [], figures: [] },
		};
		const html = gateHtml(result, { baseline: [], candidate: [], arePaired: true });
		expect(await widthOf(html)).toBe(400);
	});
});
