import { values } from "./panel.js";
import { lines } from "./panel-kinds.js";
import { lossShare, mean, ofRun, perSecond, quantile, share } from "./promql.js";

const recent = "$__rate_interval";

/** What arrives of what was sent, and how it sounds. */
export function mediaPanels() {
	return [
		lines({
			title: "Which share of the packets is lost?",
			description:
				"Lost of expected RTP packets over the last moments, by sequence numbers. A packet that comes late after all takes its loss back, so the line may dip below zero.",
			unit: "percentunit",
			queries: [{ expr: lossShare(recent), legend: "loss {{run}}" }],
			limitOf: { metric: "rtp.loss", expression: values },
			span: 8,
		}),
		percentiles(
			"How uneven do packets arrive? (jitter)",
			"Interarrival jitter (RFC 3550) of tracks and seconds of the last moments.",
			"livesoak_rtp_jitter_seconds",
			"rtp.jitter",
		),
		percentiles(
			"How far away is the server? (round trip)",
			"Round-trip time of participants and seconds of the last moments.",
			"livesoak_rtt_seconds",
			"rtp.rtt",
		),
		lines({
			title: "How does it sound? (MOS)",
			description:
				"Estimated listening quality, ITU-T G.107 E-model, of tracks and seconds of the last moments: the mean and the worst twentieth. Above 4.03 most are satisfied, below 3.6 some are not.",
			unit: "short",
			decimals: 2,
			min: 1,
			max: 4.5,
			queries: [
				{
					expr: mean((part) => ofRun(`livesoak_audio_mos${part}`), "run", recent),
					legend: "mean {{run}}",
				},
				{
					expr: quantile(0.05, ofRun("livesoak_audio_mos_bucket"), "run", recent),
					legend: "p5 {{run}}",
				},
			],
			base: "red",
			bounds: [
				{ from: 3.6, color: "yellow" },
				{ from: 4.03, color: "green" },
			],
			limitOf: { metric: "audio.mos", expression: values },
			span: 8,
		}),
		lines({
			title: "How much of what should be heard is silence?",
			description:
				"Silent time of the time a voice was due, over the last moments, as native participants hear it.",
			unit: "percentunit",
			min: 0,
			queries: [
				{
					expr: share(
						"livesoak_audio_silent_seconds_total",
						"livesoak_audio_due_seconds_total",
						recent,
					),
					legend: "silence {{run}}",
				},
			],
			limitOf: { metric: "audio.silence", expression: values },
			span: 8,
		}),
		lines({
			title: "How much of the sound is made up? (concealment)",
			description:
				"Samples that the decoder invented for missing packets, of all decoded, over the last moments, as native participants hear it.",
			unit: "percentunit",
			min: 0,
			queries: [
				{
					expr: share(
						"livesoak_audio_concealed_samples_total",
						"livesoak_audio_decoded_samples_total",
						recent,
					),
					legend: "concealed {{run}}",
				},
			],
			limitOf: { metric: "audio.concealment", expression: values },
			span: 8,
		}),
		...trafficPanels(),
	];
}

function trafficPanels() {
	return [
		lines({
			title: "How many packets go and come?",
			description: "RTP packets a second that participants send and receive.",
			unit: "pps",
			min: 0,
			queries: [
				{
					expr: perSecond(ofRun("livesoak_rtp_packets_total"), "run, direction"),
					legend: "{{direction}} {{run}}",
				},
			],
			span: 8,
		}),
		lines({
			title: "How much data goes and comes?",
			description: "Bytes of RTP a second that participants send and receive.",
			unit: "Bps",
			min: 0,
			queries: [
				{
					expr: perSecond(ofRun("livesoak_rtp_bytes_total"), "run, direction"),
					legend: "{{direction}} {{run}}",
				},
			],
			span: 8,
		}),
		percentiles(
			"How long do data messages take?",
			"One-way latency of data messages of the last moments; only where the scenario has `data`.",
			"livesoak_data_latency_seconds",
			"data.latency",
		),
	];
}

function percentiles(title: string, description: string, histogram: string, metric: string) {
	return lines({
		...{ title, description, unit: "s", min: 0, span: 8 },
		queries: [0.5, 0.95, 0.99].map((q) => ({
			expr: quantile(q, ofRun(`${histogram}_bucket`), "run", recent),
			legend: `p${q * 100} {{run}}`,
		})),
		limitOf: { metric, expression: values },
	});
}
