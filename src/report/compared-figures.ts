import { stages } from "../sample/stage.js";
import type { Summary } from "../verdict/summary.js";

/** One figure of two runs. */
export interface ComparedFigure {
	/** `connect.media p95`. */
	readonly name: string;
	/** `ms`, `ratio`, `mos` or `count`. */
	readonly unit: string;
	/** Undefined: not measured in that run. */
	readonly a: number | undefined;
	readonly b: number | undefined;
	/** a − b; undefined unless both are known. */
	readonly difference: number | undefined;
	/** a / b; undefined unless both are known and `b` is not 0. */
	readonly ratio: number | undefined;
}

type Figures = "mean" | "p50" | "p95" | "p99";

const figuresOf: readonly (readonly [string, readonly Figures[]])[] = [
	...stages.map((stage) => [`connect.${stage}`, ["p50", "p95", "p99"]] as const),
	["rtp.loss", ["mean"]],
	["rtp.jitter", ["p95", "p99"]],
	["rtp.rtt", ["p50", "p95"]],
	["audio.mos", ["mean"]],
	["audio.silence", ["mean"]],
	["audio.concealment", ["mean"]],
	["data.latency", ["p50", "p95"]],
	["data.loss", ["mean"]],
	["reconnect.duration", ["p95"]],
	["tester.lag", ["p99"]],
	["tester.startDelay", ["p99"]],
];

/**
 * The figures of two runs side by side, in a fixed order; those that neither run has are left out. A difference says
 * nothing of chance: that is what `gate` is for.
 */
export function comparedFigures(a: Summary, b: Summary): ComparedFigure[] {
	const counts = (["planned", "joined", "failed", "lost"] as const).map((name) =>
		compared(`participants ${name}`, "count", a.participants[name], b.participants[name]),
	);
	const metrics = figuresOf.flatMap(([metric, figures]) => {
		const [ofA, ofB] = [a.metrics[metric], b.metrics[metric]];
		const unit = (ofA ?? ofB)?.unit;
		if (unit === undefined) return [];
		return figures.map((name) => compared(`${metric} ${name}`, unit, ofA?.[name], ofB?.[name]));
	});
	return [
		...counts,
		compared("reconnects", "count", reconnects(a), reconnects(b)),
		...metrics,
		compared("tester CPU", "s", a.tester.cpuSeconds, b.tester.cpuSeconds),
		compared("tester memory", "bytes", a.tester.maxRssBytes, b.tester.maxRssBytes),
	];
}

function compared(
	name: string,
	unit: string,
	a: number | undefined,
	b: number | undefined,
): ComparedFigure {
	const both = a !== undefined && b !== undefined;
	return {
		...{ name, unit, a, b },
		difference: both ? a - b : undefined,
		ratio: both && b !== 0 ? a / b : undefined,
	};
}

function reconnects({ reconnects: causes }: Summary): number {
	return causes.reduce((sum, { count }) => sum + count, 0);
}
