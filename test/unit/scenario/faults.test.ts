import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { type Fault, faultKinds } from "../../../src/scenario/fault.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

const base =
	"name: f\nparticipants: { both: 2, ice: relay-udp }\nload: [{ ramp: 0s, to: 100% }, { hold: 10m }]\n";

function load(faults: string, rest = "", duration?: string) {
	const overrides = duration === undefined ? [] : [{ flag: "--duration", duration }];
	const text = `${base}${rest}faults:\n${faults}\n`;
	return loadScenario({ text, fileName: "f.yaml", overrides, checkThreshold: () => undefined });
}

function problem(faults: string, rest = "", duration?: string): string {
	try {
		load(faults, rest, duration);
	} catch (error) {
		if (error instanceof UserError) return error.message;
		throw error;
	}
	return "no problem";
}

const right: readonly [string, Fault["effect"]][] = [
	["do: signal-drop, share: 10%", { do: "signal-drop", share: 0.1 }],
	["do: full-reconnect", { do: "full-reconnect", share: 1 }],
	["do: node-migration", { do: "node-migration", share: 1 }],
	["do: server-leave", { do: "server-leave", share: 1 }],
	["do: herd, share: 50%, away: 0s", { do: "herd", share: 0.5, awayMs: 0 }],
	["do: restart-server", { do: "restart-server", how: "crash" }],
	["do: restart-turn", { do: "restart-turn" }],
	["do: kill-worker", { do: "kill-worker" }],
	["do: loss, ratio: 5%, for: 30s", { do: "loss", ratio: 0.05, forMs: 30_000 }],
	["do: delay, by: 50ms, for: 30s", { do: "delay", byMs: 50, forMs: 30_000 }],
	["do: jitter, by: 20ms, for: 30s", { do: "jitter", byMs: 20, forMs: 30_000 }],
	["do: reorder, ratio: 2%, for: 30s", { do: "reorder", ratio: 0.02, byMs: 40, forMs: 30_000 }],
	["do: duplicate, ratio: 1%, for: 30s", { do: "duplicate", ratio: 0.01, forMs: 30_000 }],
	[
		"do: bandwidth, limit: 2Mbps, for: 30s",
		{ do: "bandwidth", kilobitsPerSecond: 2000, forMs: 30_000 },
	],
	["do: partition, for: 5s", { do: "partition", forMs: 5000 }],
];

test("every kind is here", () => {
	expect(new Set(right.map(([, effect]) => effect.do))).toEqual(new Set(faultKinds));
});

test.each(right)("{ %s }", (text, effect) => {
	expect(load(`  - { at: 1m, ${text} }`).faults).toEqual([
		{ when: { kind: "at", atMs: 60_000 }, effect, withinMs: 30_000 },
	]);
});

test("again and again, with a time of its own to recover", () => {
	expect(load("  - { every: 1m, do: kill-worker, within: 10s }").faults).toEqual([
		{ when: { kind: "every", everyMs: 60_000 }, effect: { do: "kill-worker" }, withinMs: 10_000 },
	]);
});

test("--duration moves the faults along, and not how long they last", () => {
	const faults = "  - { at: 5m, do: partition, for: 5s }\n  - { every: 2m, do: herd }";
	expect(load(faults, "", "1m").faults).toMatchObject([
		{ when: { atMs: 30_000 }, effect: { forMs: 5000 } },
		{ when: { everyMs: 12_000 } },
	]);
	expect(problem("  - { at: 9m, do: partition, for: 30s }", "", "1m")).toContain(
		"not over when the run ends",
	);
});

describe("what is wrong is told", () => {
	test.each([
		["  - { at: 1m, do: meteor }", "expected one of"],
		["  - { do: herd }", "herd needs a time: either at (once) or every (again and again)"],
		["  - { at: 1m, every: 1m, do: herd }", "herd needs a time"],
		["  - { at: 1m, do: loss, ratio: 5% }", "loss needs for, such as for: 30s"],
		["  - { at: 1m, do: loss, for: 5s }", "loss needs ratio, such as ratio: 5%"],
		[
			"  - { at: 1m, do: kill-worker, share: 5% }",
			"kill-worker has no share; it has no keys of its own",
		],
		[
			"  - { at: 1m, do: delay, by: 5ms, ratio: 5%, for: 5s }",
			"delay has no ratio; it has for, by",
		],
		["  - { at: 1m, do: herd, share: 0% }", "0% does nothing"],
		[
			"  - { at: 1m, do: bandwidth, for: 5s, limit: 5 }",
			"expected a bandwidth above zero such as 500kbps",
		],
		["  - { at: 1m, do: herd, shere: 5% }", 'unknown key "shere"'],
		["  - { at: 10m, do: herd }", "herd at 10m is not over when the run ends, at 10m"],
		[
			"  - { at: 9m, do: partition, for: 2m }",
			"partition at 9m for 2m is not over when the run ends, at 10m",
		],
		["  - { every: 10m, do: herd }", "every 10m never comes in a run of 10m"],
		[
			"  - { every: 10s, do: loss, ratio: 5%, for: 10s }",
			"loss lasts 10s; it would overlap with itself",
		],
		["  - { every: 500ms, do: herd }", "must be at least 1s"],
		[
			"  - { at: 1m, do: loss, ratio: 5%, for: 1m }\n  - { at: 90s, do: partition, for: 5s }",
			"partition at 1m30s overlaps with faults.0 (loss, until 2m)",
		],
		[
			"  - { every: 1m, do: delay, by: 5ms, for: 10s }\n  - { at: 3m5s, do: partition, for: 5s }",
			"partition at 3m5s overlaps with faults.0 (delay, until 3m10s)",
		],
	])("%s", (faults, message) => {
		expect(problem(faults)).toContain(message);
	});

	test("a fault of the network may meet others, and one may follow another at once", () => {
		const faults =
			"  - { at: 1m, do: loss, ratio: 5%, for: 1m }\n  - { at: 90s, do: herd }\n  - { at: 2m, do: partition, for: 5s }";
		expect(problem(faults)).toBe("no problem");
	});

	test("thresholds of recovery without a fault", () => {
		const rest = "thresholds: { recovery.media: [p95 < 1s] }\n";
		expect(problem("  []", rest)).toContain(
			"recovery.media is measured after faults, and this scenario has none",
		);
	});

	test("a restart of coturn where nobody goes through it", () => {
		const text = base.replace("relay-udp", "direct");
		const run = () =>
			loadScenario({
				...{ text: `${text}faults: [{ at: 1m, do: restart-turn }]\n`, fileName: "f.yaml" },
				checkThreshold: () => undefined,
			});
		expect(run).toThrow("nobody goes through a relay");
	});
});
