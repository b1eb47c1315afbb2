import { expect, test } from "vitest";
import { lenient, withCli } from "../rig/cli.js";
import { requirePart } from "../rig/real-parts.js";
import { readSeconds, readSummary } from "../rig/result.js";

/** A trend takes a hold of five minutes: in the nightly tests, and wherever `LIVESOAK_SOAK=1` is set. */
const isSoaking = process.env.LIVESOAK_SOAK === "1";

const scenario = (hold: string) => `
name: trend
participants: { both: 2 }
ice: relay-udp
load: [{ ramp: 1s, to: 100% }, { hold: ${hold} }]
life: { stay: { uniform: [8s, 12s] } }
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli(390_000);

requirePart("coturn")("trends", () => {
	test.runIf(isSoaking)(
		"every figure has its slope, and memory is that of the real processes",
		async () => {
			const run = await cli().startScenario(scenario("5m"));
			const { code, stderr } = await run.ended;
			expect(code).toBe(0);
			const { trends = [] } = await readSummary(run.out);
			expect(trends.map(({ figure }) => figure)).toEqual([
				...["tester.memory", "server.memory", "turn.memory"],
				...["rtp.loss", "rtp.jitter", "connect.media"],
			]);
			const megabytes = new Map(trends.map(({ figure, level }) => [figure, level / 1e6]));
			expect(megabytes.get("tester.memory")).toBeGreaterThan(100);
			expect(megabytes.get("tester.memory")).toBeLessThan(2_000);
			expect(megabytes.get("server.memory")).toBeGreaterThan(20);
			expect(megabytes.get("turn.memory")).toBeGreaterThan(2);
			for (const { perHour, interval } of trends) {
				expect(interval[0]).toBeLessThanOrEqual(perHour);
				expect(interval[1]).toBeGreaterThanOrEqual(perHour);
			}
			expect(stderr).toMatch(/^trends$/m);
			const read = (await readSeconds(run.out)).filter(({ memory }) => memory?.serverBytes);
			expect(read.length).toBeGreaterThan(40);
		},
		400_000,
	);

	test("a short run has none, and asks nobody for memory", async () => {
		const run = await cli().startScenario(scenario("3s"));
		const { code, stderr } = await run.ended;
		expect(code).toBe(0);
		expect(await readSummary(run.out)).not.toHaveProperty("trends");
		expect(stderr).not.toMatch(/^trends$/m);
		expect((await readSeconds(run.out)).filter(({ memory }) => memory)).toEqual([]);
	});
});
