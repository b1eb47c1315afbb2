import { afterAll, expect, test } from "vitest";
import { connectStages } from "../../src/sample/stage.js";
import type { TimelineLine } from "../../src/sink/timeline.js";
import type { Summary } from "../../src/verdict/summary.js";
import { withCaptures } from "../rig/capture.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { endings, readConnects } from "../rig/connect-packets.js";
import { requirePart, withLiveKit } from "../rig/real-parts.js";
import { readEvents, readSeconds } from "../rig/result.js";

const toleranceMs = 5;
const people = 4;
/** So far apart that each has seconds of the timeline for itself: there a figure is one participant's. */
const apartMs = 2000;

const cli = withCli();
const startCapture = withCaptures();
const rows: string[] = [];
afterAll(() => {
	const head = "| stage | ends with | on the wire, ms | told later by, ms |";
	process.stdout.write(`\n${[head, head.replace(/[^|]+/g, " --- "), ...rows].join("\n")}\n\n`);
});

requirePart("tshark")("on loopback", () => {
	const server = withLiveKit();

	// A busy machine delays the tester now and then, a wrong stage is wrong each time: hence the retries.
	test("lite tells the end of each stage when its packet was there", { retry: 2 }, async () => {
		rows.length = 0;
		const { ports } = server();
		const { signalPort } = ports;
		const capture = await startCapture({ on: "lo", ports, signalPort });
		const { args, env } = toServer(server());
		const yaml = `
name: connect-truth
participants: { both: ${people} }
engine: lite
audio: { source: speech, dtx: false }
load: [{ ramp: ${people * apartMs}ms, to: 100% }, { hold: 1s }]
${lenient}
`;
		const { code, stdout, stderr, out } = await cli().runScenario(yaml, ["--json", ...args], env);
		const connects = await capture.stopAndRead((file) => readConnects(file, { ports, signalPort }));
		expect(code, stderr).toBe(0);
		const { metrics }: Summary = JSON.parse(stdout);
		const joins = (await readEvents(out)).filter(({ kind }) => kind === "life-joined");
		const told = toldStages(await readSeconds(out));
		expect(connects).toHaveLength(people);
		expect(joins).toHaveLength(people);

		const scheduledAtMs = joins.map(({ atMs, connectMs }) => atMs - Number(connectMs));
		for (const [n, { synAtMs }] of connects.entries())
			expect(synAtMs).toBeGreaterThan(scheduledAtMs[n] ?? Number.NaN);
		// What happens while the event loop is late is told late, as the run says of itself: one join of four, the first
		// of a worker, is enough for the largest lag.
		const mostMs = Math.max(toleranceMs, metrics["tester.lag"]?.max ?? 0);
		const late = endings.map(([stage, packet]) => {
			// Nobody was there for the first one to hear.
			const first = stage === "media" ? 1 : 0;
			const wireMs = connects
				.map(({ ends }, n) => (ends.get(stage) ?? Number.NaN) - (scheduledAtMs[n] ?? 0))
				.slice(first);
			const toldMs = told.get(stage) ?? [];
			expect(toldMs, stage).toHaveLength(people - first);
			const laterMs = wireMs.map((ms, n) => (toldMs[n] ?? Number.NaN) - ms);
			rows.push(`| ${[stage, packet, shown(wireMs), shown(laterMs)].join(" | ")} |`);
			const sizes = laterMs.map(Math.abs).sort((a, b) => a - b);
			const median = sizes[Math.floor((sizes.length - 1) / 2)] ?? Number.NaN;
			const isRight = median <= toleranceMs && Math.max(...sizes) <= mostMs;
			return isRight ? [] : [stage];
		});
		expect(late.flat(), rows.join("\n")).toEqual([]);
	});
});

/** Milliseconds of each connect stage, one participant after the other. */
function toldStages(seconds: readonly TimelineLine[]): Map<string, number[]> {
	const told = new Map<string, number[]>();
	for (const { window } of seconds) {
		for (const stage of connectStages) {
			const figures = window.distributions[`connect.${stage}`];
			if (!figures) continue;
			// A mean of two would be nobody's time.
			expect(figures.denominator, stage).toBe(1);
			told.set(stage, [...(told.get(stage) ?? []), figures.min / 1000]);
		}
	}
	return told;
}

function shown(milliseconds: readonly number[]): string {
	return milliseconds.map((ms) => ms.toFixed(1)).join(", ");
}
