/** How far apart two servers may be and still count as the same: the larger of the two. */
export interface Margin {
	/** Share of the baseline's mean. */
	readonly relative?: number;
	/** In the figure's unit. */
	readonly absolute?: number;
}

/** What a gate compares: one number a round. */
export interface Figure {
	/** `<metric> <statistic>`, as in thresholds. */
	readonly metric: string;
	/** `ms`, `ratio`, `mos`, `s` of CPU, `bytes`. */
	readonly unit: "ms" | "ratio" | "mos" | "s" | "bytes";
	readonly better: "lower" | "higher";
	readonly margin: Margin;
	/** False: shown with its verdict, but no say in the gate's. */
	readonly judges: boolean;
	/** Its size is the machine's as much as the server's: not to be held against another machine's. */
	readonly isMachineBound: boolean;
	/** A share of the participants of a round, so that chance alone spreads it (binomially). */
	readonly isShareOfParticipants: boolean;
}

/** Every figure, in the order in which it is shown. */
export const figures: readonly Figure[] = [
	share("participants failed", 0.01),
	share("participants lost", 0.01),
	...["socket", "joined", "ice", "dtls", "published"].flatMap((stage) => [
		shown(time(`connect.${stage} p50`, 0.15, 10)),
		shown(time(`connect.${stage} p95`, 0.15, 20)),
	]),
	time("connect.media p50", 0.15, 10),
	time("connect.media p95", 0.15, 20),
	ratio("rtp.loss mean", 0.002),
	time("rtp.jitter p95", 0.25, 2),
	time("rtp.rtt p50", 0.25, 2),
	shown(time("rtp.rtt p95", 0.25, 5)),
	ratio("audio.silence mean", 0.005),
	{ ...ratio("audio.mos mean", 0.05), unit: "mos", better: "higher" },
	time("data.latency p95", 0.25, 5),
	ratio("data.loss mean", 0.002),
	{ ...time("server.cpuPerParticipant", 0.15, 0.002), unit: "s" },
	{ ...shown(time("server.rss", 0.15, 10e6)), unit: "bytes" },
];

function shown(figure: Figure): Figure {
	return { ...figure, judges: false };
}

function time(metric: string, relative: number, absolute: number): Figure {
	return {
		...{ metric, unit: "ms", better: "lower", margin: { relative, absolute } },
		...{ judges: true, isMachineBound: true, isShareOfParticipants: false },
	};
}

function ratio(metric: string, absolute: number): Figure {
	return {
		...time(metric, 0, absolute),
		unit: "ratio",
		margin: { absolute },
		isMachineBound: false,
	};
}

function share(metric: string, absolute: number): Figure {
	return { ...ratio(metric, absolute), isShareOfParticipants: true };
}

/** In the figure's unit. */
export function marginInUnit({ relative = 0, absolute = 0 }: Margin, baselineMean: number): number {
	return Math.max(relative * Math.abs(baselineMean), absolute);
}
