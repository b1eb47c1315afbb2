import getPort from "get-port";
import { expect, test } from "vitest";
import { mergeTimeline } from "../../src/sink/timeline.js";
import { lenient, withCli } from "../rig/cli.js";
import { isListening } from "../rig/gone.js";
import { readSeconds, readSummary } from "../rig/result.js";

const scenario = `
name: watched
participants: { publishers: 1, subscribers: 2 }
load: [{ ramp: 1s, to: 100% }, { hold: 6s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const cli = withCli();

/** Series with their labels as Prometheus writes them, to values. */
type Scrape = ReadonlyMap<string, number>;

/** Undefined while nobody listens there. */
async function scrape(address: string): Promise<Scrape | undefined> {
	const answer = await fetch(`http://${address}/metrics`).catch(() => undefined);
	const text = await answer?.text().catch(() => undefined);
	if (text === undefined) return undefined;
	const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
	return new Map(samples.map(parse));
}

function parse(line: string): [string, number] {
	const [, series = "", value = ""] = /^([a-z0-9_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
	expect(series, line).not.toBe("");
	expect(Number.isNaN(Number(value)), line).toBe(false);
	// Every series says whose it is; here there is but one run.
	expect(series).toMatch(/[{,]run="[^"]+",scenario="watched"\}$/);
	return [
		series.replace(/,?run="[^"]+",scenario="watched"\}$/, "}").replace("{}", ""),
		Number(value),
	];
}

function sum(scrape: Scrape, name: string, label = ""): number {
	return [...scrape]
		.filter(([series]) => series.split("{")[0] === name && series.includes(label))
		.reduce((total, [, value]) => total + value, 0);
}

test("--prometheus: counters only rise, each scrape is the run so far, and the end is the summary", async () => {
	const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
	const run = await cli().startScenario(scenario, ["--prometheus", address]);
	let ended = false;
	void run.ended.then(() => {
		ended = true;
	});
	const scrapes: Scrape[] = [];
	while (!ended) {
		const one = await scrape(address);
		if (one && one.size > 0) scrapes.push(one);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	expect((await run.ended).code).toBe(0);
	expect(await isListening(Number(address.split(":")[1]))).toBe(false);
	expect(scrapes.length).toBeGreaterThan(5);

	for (const [index, later] of scrapes.entries()) {
		const earlier = scrapes[index - 1] ?? new Map<string, number>();
		for (const [series, value] of earlier) {
			if (!/_(total|bucket|count|sum)(\{|$)/.test(series) || series.includes("_lost_total"))
				continue;
			expect(later.get(series), series).toBeGreaterThanOrEqual(value);
		}
	}

	// A scrape shows the timeline up to the second it tells of, and of the next what had come in by then.
	const seconds = await readSeconds(run.out);
	let compared = 0;
	for (const one of scrapes) {
		const elapsedMs = (one.get("livesoak_run_elapsed_seconds") ?? Number.NaN) * 1000;
		const next = seconds.findIndex((line) => line.elapsedMs > elapsedMs + 0.001);
		if (next < 1) continue;
		const { totals: least } = mergeTimeline(seconds.slice(0, next));
		const { totals: most } = mergeTimeline(seconds.slice(0, next + 1));
		for (const direction of ["sent", "received"] as const) {
			const shown = sum(one, "livesoak_rtp_packets_total", `direction="${direction}"`);
			expect(shown).toBeGreaterThanOrEqual(least.counter("packets", { direction }));
			expect(shown).toBeLessThanOrEqual(most.counter("packets", { direction }));
		}
		compared++;
	}
	expect(compared).toBeGreaterThan(5);

	const summary = await readSummary(run.out);
	const last = scrapes.at(-1) ?? new Map<string, number>();
	expect(sum(last, "livesoak_participants_total", 'event="joined"')).toBe(3);
	expect(sum(last, "livesoak_participants_total", 'event="joined"')).toBe(
		summary.participants.joined,
	);
	expect(sum(last, "livesoak_candidate_pairs")).toBe(
		summary.candidatePairs.reduce((total, { count }) => total + count, 0),
	);
	const media = summary.metrics["connect.media"];
	expect(sum(last, "livesoak_connect_stage_seconds_count", 'stage="media"')).toBe(media?.count);
	expect(
		sum(last, "livesoak_connect_stage_percentile_seconds", 'stage="media",percentile="p95"'),
	).toBeCloseTo((media?.p95 ?? Number.NaN) / 1000, 9);
	expect(sum(last, "livesoak_rtp_packets_lost_total")).toBe(0);
	expect(sum(last, "livesoak_build_info", summary.server.version)).toBe(1);
	for (const series of last.keys()) expect(series).not.toMatch(/livesoak-[0-9a-f]{6}|eyJ/);
});
