import { expect, test } from "vitest";
import { rebuildTotals } from "../../src/sink/rebuild-totals.js";
import type { Summary } from "../../src/verdict/summary.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectConserved, readSummary, resultFolder } from "../rig/result.js";

const scenario = (data: string, thresholds: string) => `
name: data
participants: { publishers: 1, subscribers: 2, both: 2 }
engine: lite
data: ${data}
load: [{ ramp: 1s, to: 100% }, { hold: 6s }]
thresholds: ${thresholds}
${lenient}
`;
const asked = "{ rate: 20/s, size: 1kB }";

const cli = withCli();
const server = withLiveKit();

test("data in a run: every place that has figures says the same", async () => {
	const thresholds =
		"{ data.latency: [p99 < 5s], data.loss: [max == 0%], dataPackets: [count > 0] }";
	const { args, env } = toServer(server());
	const { code, out, stderr } = await cli().runScenario(scenario(asked, thresholds), args, env);
	expect(code, stderr).toBe(0);
	const summary: Summary = await readSummary(out);
	expectConserved(summary);
	const { data, metrics } = summary;
	if (!data) throw new Error("the summary has no data");
	// Three send 20 a second for six to seven seconds; at the ends of lives messages find nobody.
	expect(data.sent).toBeGreaterThan(3 * 20 * 5);
	expect(data.sent).toBeLessThan(3 * 20 * 9);
	// Of each sender's messages four listeners count those of others: three of a `both`, four of the publisher.
	expect(data.received).toBeGreaterThan(data.sent * 2);
	expect(data.received).toBeLessThan(data.sent * 4);
	expect(data).toMatchObject({ lost: 0, duplicated: 0 });
	expect(metrics["data.latency"]).toMatchObject({ unit: "ms", count: data.received });
	expect(metrics["data.latency"]?.p50).toBeLessThan(1_000);
	expect(metrics["data.loss"]).toMatchObject({ max: 0, denominator: data.received });
	expect(metrics["data.late"]).toMatchObject({ denominator: data.sent });
	expect(stderr).toMatch(/ data loss 0\.00% latency p95 \d/);
	expect(stderr).toMatch(new RegExp(`data +${data.sent.toLocaleString("en-US")} sent, `));

	const { totals } = await rebuildTotals(await resultFolder(out));
	expect(totals.counter("dataPackets", { direction: "received" })).toBe(data.received);
	expect(totals.counter("dataBytes", { direction: "received" })).toBe(data.received * 1_000);
});

test("more than LiveKit takes is refused before anybody joins", async () => {
	const tooLarge = scenario("{ rate: 1/s, size: 16kB }", "{}");
	const { code, stderr } = await cli().runScenario(tooLarge);
	expect(code).toBe(2);
	expect(stderr).toMatch(/data\.size: expected a size from 24B to 15360B, LiveKit's limit/);
});

test("a limit on data that does not hold fails the run", async () => {
	const { args, env } = toServer(server());
	const impossible = scenario(asked, "{ data.latency: [max < 1ms, min < 0ms] }");
	const { code, out } = await cli().runScenario(impossible, [...args, "--duration", "3s"], env);
	expect(code).toBe(99);
	const { thresholds } = await readSummary(out);
	expect(thresholds.map(({ observed }) => typeof observed)).toEqual(["number", "number"]);
});
