import type { Aggregates } from "../aggregate/aggregates.js";
import type { DistributionName } from "../aggregate/catalogue.js";
import type { RunView } from "../run/run-view.js";

/** One failure cause with its number, the worst first. */
export interface FailureCount {
	readonly stage: string;
	readonly cause: string;
	readonly count: number;
}

/** Media of a span of time; undefined where nothing was measured. */
export interface MediaFigures {
	/** Lost of expected packets, 0 to 1. */
	readonly loss: number | undefined;
	readonly jitterP95Ms: number | undefined;
	readonly rttP50Ms: number | undefined;
	/** Mean of the E-model estimate. */
	readonly mos: number | undefined;
}

/** Data messages of the whole run. */
export interface DataFigures {
	readonly sent: number;
	readonly received: number;
	/** Lost of expected messages, 0 to 1. */
	readonly loss: number | undefined;
	/** One way. */
	readonly latencyP95Ms: number | undefined;
}

/** What the live views show, read once from a run view so that all of them say the same. */
export interface LiveFigures {
	readonly joined: number;
	readonly failed: number;
	readonly lost: number;
	readonly reconnects: number;
	readonly connectMediaP50Ms: number | undefined;
	readonly connectMediaP95Ms: number | undefined;
	readonly run: MediaFigures;
	readonly now: MediaFigures;
	/** Absent where no data was asked for. */
	readonly data?: DataFigures;
	readonly failures: readonly FailureCount[];
	/** The worst worker of the moment: one late process is enough to spoil a measurement. */
	readonly lagP99Ms: number | undefined;
	readonly startDelayP99Ms: number | undefined;
	/** Cores used by all workers together. */
	readonly cpu: number;
	readonly rssBytes: number;
}

export function liveFigures(view: RunView): LiveFigures {
	const { totals, workers } = view;
	return {
		joined: totals.counter("participants", { event: "joined" }),
		failed: totals.counter("participants", { event: "failed" }),
		lost: totals.counter("participants", { event: "lost" }),
		reconnects: totals.counter("reconnects"),
		connectMediaP50Ms: percentile(totals, "connect.media", 50),
		connectMediaP95Ms: percentile(totals, "connect.media", 95),
		run: media(totals),
		now: media(view.window),
		...(totals.series("dataPackets").length > 0 && { data: data(totals) }),
		failures: totals
			.series("failures")
			.map(({ labels, value }) => ({ stage: labels.stage, cause: labels.cause, count: value }))
			.sort((a, b) => b.count - a.count),
		lagP99Ms: workers.length > 0 ? Math.max(...workers.map((one) => one.lagP99Ms)) : undefined,
		startDelayP99Ms: percentile(totals, "tester.startDelay", 99),
		cpu: workers.reduce((sum, one) => sum + one.cpu, 0),
		rssBytes: workers.reduce((sum, one) => sum + one.rssBytes, 0),
	};
}

function media(span: Aggregates): MediaFigures {
	return {
		loss: span.distribution("rtp.loss")?.mean,
		jitterP95Ms: percentile(span, "rtp.jitter", 95),
		rttP50Ms: percentile(span, "rtp.rtt", 50),
		mos: span.distribution("audio.mos")?.mean,
	};
}

function data(span: Aggregates): DataFigures {
	return {
		sent: span.counter("dataPackets", { direction: "sent" }),
		received: span.counter("dataPackets", { direction: "received" }),
		loss: span.distribution("data.loss")?.mean,
		latencyP95Ms: percentile(span, "data.latency", 95),
	};
}

function percentile(span: Aggregates, name: DistributionName, p: number): number | undefined {
	return span.distribution(name)?.percentile(p);
}
