import { describe, expect, test } from "vitest";
import { aggregatesOf, samples, summaryOf, viewOf } from "./fabricated-run.js";
import { scrape } from "./prometheus-scrape.js";

const totals = aggregatesOf(samples);
const summary = summaryOf(totals);

describe("at the end of a run the scrape says what the summary says", async () => {
	const shown = await scrape(viewOf(totals));
	const metric = (name: string) => {
		const found = summary.metrics[name];
		if (!found) throw new Error(`the fabricated run has no ${name}`);
		return found;
	};

	test.each(["socket", "joined", "ice", "dtls", "published", "media", "heard"])(
		"stage %s",
		(stage) => {
			const figures = metric(`connect.${stage}`);
			const base = "livesoak_connect_stage";
			expect(shown.get(`${base}_seconds_count{stage="${stage}"}`)).toBe(figures.count);
			expect(shown.get(`${base}_seconds_sum{stage="${stage}"}`)).toBeCloseTo(
				(figures.mean * figures.count) / 1_000,
				9,
			);
			for (const percentile of ["p50", "p90", "p95", "p99", "p999", "max"] as const) {
				const series = `${base}_percentile_seconds{stage="${stage}",percentile="${percentile}"}`;
				const value = figures[percentile];
				expect(shown.get(series)).toBeCloseTo(value / 1_000, 9);
			}
		},
	);

	test.each(["ice", "dtls"])("stage %s of each peer connection", (stage) => {
		for (const peer of ["publisher", "subscriber"]) {
			const figures = metric(`connect.${stage}.${peer}`);
			const base = "livesoak_connect_peer_stage";
			const labels = `stage="${stage}",peer="${peer}"`;
			expect(shown.get(`${base}_seconds_count{${labels}}`)).toBe(figures.count);
			const series = `${base}_percentile_seconds{${labels},percentile="p95"}`;
			expect(shown.get(series)).toBeCloseTo(figures.p95 / 1_000, 9);
		}
		// Sums over the stages of participants must not find them twice.
		expect(shown.get(`livesoak_connect_stage_seconds_count{stage="${stage}.publisher"}`)).toBe(
			undefined,
		);
	});

	test("jitter, round trip and quality", () => {
		expect(shown.get("livesoak_rtp_jitter_seconds_count")).toBe(metric("rtp.jitter").count);
		expect(shown.get('livesoak_rtp_jitter_percentile_seconds{percentile="p95"}')).toBeCloseTo(
			metric("rtp.jitter").p95 / 1_000,
			9,
		);
		expect(shown.get('livesoak_rtt_percentile_seconds{percentile="p50"}')).toBeCloseTo(
			metric("rtp.rtt").p50 / 1_000,
			9,
		);
		const mos = metric("audio.mos");
		expect(shown.get("livesoak_audio_mos_sum")).toBeCloseTo(mos.mean * mos.count, 6);
		expect(shown.get('livesoak_audio_mos_percentile{percentile="p50"}')).toBe(mos.p50);
	});

	test("packets, loss and ratios", () => {
		const { sent, received, lost } = summary.packets;
		expect(shown.get('livesoak_rtp_packets_total{direction="sent"}')).toBe(sent);
		expect(shown.get('livesoak_rtp_packets_total{direction="received"}')).toBe(received);
		expect(shown.get("livesoak_rtp_packets_lost_total")).toBe(lost);
		expect(shown.get("livesoak_rtp_loss_ratio")).toBe(metric("rtp.loss").mean);
		expect(shown.get("livesoak_audio_silence_ratio")).toBe(metric("audio.silence").mean);
	});

	test("participants, failures, reconnects, pairs, thresholds", () => {
		const who = 'engine="native",ice="relay-tls",room_class="both"';
		expect(shown.get(`livesoak_participants_total{event="joined",${who}}`)).toBe(
			summary.participants.joined,
		);
		expect(shown.get(`livesoak_participants{state="alive",${who}}`)).toBe(
			summary.participants.unfinished,
		);
		for (const { stage, cause, count } of summary.failures) {
			expect(shown.get(`livesoak_connect_failures_total{stage="${stage}",cause="${cause}"}`)).toBe(
				count,
			);
		}
		expect(shown.get('livesoak_participants_lost_total{cause="worker-died"}')).toBe(1);
		expect(shown.get('livesoak_reconnects_total{cause="resume"}')).toBe(1);
		expect(
			shown.get(
				'livesoak_candidate_pairs{peer="subscriber",local="relay",remote="host",protocol="tcp",relay_protocol="tls"}',
			),
		).toBe(12);
		for (const { metric: name, expression, ok } of summary.thresholds) {
			expect(shown.get(`livesoak_threshold_ok{metric="${name}",expression="${expression}"}`)).toBe(
				ok ? 1 : 0,
			);
		}
	});

	test("versions and workers", () => {
		expect(
			shown.get(
				'livesoak_build_info{version="0.1.0",engine="native",engine_version="1.1.0",server_version="1.13.5"}',
			),
		).toBe(1);
		expect(shown.get('livesoak_worker_lag_p99_seconds{agent="",worker="1"}')).toBe(0.004);
	});
});
