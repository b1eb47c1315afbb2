import type { RatioName } from "../aggregate/catalogue.js";
import type { PlainMetric } from "./prometheus-catalogue.js";

interface RatioShape {
	/** Of the gauge over the whole run. */
	readonly name: string;
	readonly distribution: RatioName;
	readonly help: string;
	/** Counters of what the ratio is made of: only with these can a share of the last minutes be told. */
	readonly of?: {
		readonly part: string;
		readonly whole: string;
		readonly what: readonly [part: string, whole: string];
		/** Base units in one unit of the sums: 0.001 where they are milliseconds. @default 1 */
		readonly baseUnit?: number;
	};
}

const shapes: readonly RatioShape[] = [
	// Its parts are livesoak_rtp_packets_lost_total and livesoak_rtp_packets_total.
	{ name: "livesoak_rtp_loss_ratio", distribution: "rtp.loss", help: "Lost of expected packets" },
	{
		name: "livesoak_data_loss_ratio",
		distribution: "data.loss",
		help: "Lost of expected data messages",
	},
	{
		name: "livesoak_data_late_ratio",
		distribution: "data.late",
		help: "Data messages that left late",
	},
	{
		name: "livesoak_audio_silence_ratio",
		distribution: "audio.silence",
		help: "Silence of the time a voice was due",
		of: {
			part: "livesoak_audio_silent_seconds_total",
			whole: "livesoak_audio_due_seconds_total",
			what: ["Silence while a voice was due, of all tracks", "Time a voice was due, of all tracks"],
			baseUnit: 0.001,
		},
	},
	{
		name: "livesoak_audio_concealment_ratio",
		distribution: "audio.concealment",
		help: "Concealed of decoded samples",
		of: {
			part: "livesoak_audio_concealed_samples_total",
			whole: "livesoak_audio_decoded_samples_total",
			what: ["Decoded samples that were made up for missing sound", "Decoded samples"],
		},
	},
	{
		name: "livesoak_audio_late_ratio",
		distribution: "audio.late",
		help: "Published frames that left late",
		of: {
			part: "livesoak_audio_frames_late_total",
			whole: "livesoak_audio_frames_due_total",
			what: ["Published frames that left late", "Frames that were due to be published"],
		},
	},
];

/** Shares over the whole run, and the counters that give a share of any time. */
export const ratioMetrics: readonly PlainMetric[] = shapes.flatMap(
	({ name, distribution, help, of }) => {
		const gauge: PlainMetric = {
			...{ name, type: "gauge", help: `${help}, 0 to 1, over the whole run`, labels: [] },
			read: ({ view }) => {
				const found = view?.totals.distribution(distribution);
				return found ? [{ labels: {}, value: found.mean }] : [];
			},
		};
		if (of === undefined) return [gauge];
		const counter = (name: string, help: string, side: "sum" | "denominator"): PlainMetric => ({
			...{ name, type: "counter", help, labels: [] },
			read: ({ view }) => {
				const found = view?.totals.distribution(distribution);
				return found ? [{ labels: {}, value: found[side] * (of.baseUnit ?? 1) }] : [];
			},
		});
		return [
			gauge,
			counter(of.part, of.what[0], "sum"),
			counter(of.whole, of.what[1], "denominator"),
		];
	},
);
