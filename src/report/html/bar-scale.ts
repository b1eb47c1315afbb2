import type { ReportBar } from "../report.js";

/** Widest bar over narrowest from which a linear scale would hide the narrow ones. */
const mostUneven = 4;

/**
 * Where a time stands among the bars, 0 to 100: linear while the bars are of like width, else every stretch between
 * two edges gets the same room. Outside of the bars it is held at the end.
 */
export function barScale(bars: readonly ReportBar[]): (ms: number) => number {
	const edges = [...new Set(bars.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort(
		(a, b) => a - b,
	);
	const [first = 0, last = 1] = [edges[0], edges.at(-1)];
	const widths = bars.map(({ fromMs, toMs }) => toMs - fromMs).filter((width) => width > 0);
	const isEven = Math.max(...widths) <= mostUneven * Math.min(...widths);
	return (ms) => {
		const held = Math.min(Math.max(ms, first), last);
		if (last === first) return 0;
		if (isEven) return (100 * (held - first)) / (last - first);
		const after = Math.max(
			1,
			edges.findIndex((edge) => edge >= held),
		);
		const [from = first, to = last] = [edges[after - 1], edges[after]];
		return (100 * (after - 1 + (held - from) / (to - from))) / (edges.length - 1);
	};
}
