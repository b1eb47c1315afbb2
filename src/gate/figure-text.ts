import { figure as shownFigure, unknownFigure } from "../sink/figure.js";
import type { FigureResult, GateResult } from "./gate-result.js";

/** Columns of the gate's table, wherever it is shown. */
export const gateHead = [
	"figure",
	"verdict",
	"baseline",
	"candidate",
	"difference",
	"interval",
	"margin",
	"pairs",
] as const;

/** One row a figure, in the order of `gateHead`. */
export function gateRow(one: FigureResult): string[] {
	const value = (number: number | undefined) => inUnit(number, one.unit);
	const relative = one.relativeEffect;
	const share =
		relative === undefined || Math.abs(relative) > 10 ? "" : ` (${signedPercent(relative)})`;
	return [
		one.judges ? one.metric : `${one.metric} (shown only)`,
		one.verdict,
		value(one.baseline),
		value(one.candidate),
		one.effect === undefined ? unknownFigure : `${signed(one.effect, one.unit)}${share}`,
		one.interval
			? `${signed(one.interval.low, one.unit)} to ${signed(one.interval.high, one.unit)}`
			: unknownFigure,
		one.margin === undefined ? unknownFigure : `±${value(one.margin)}`,
		String(one.pairs),
	];
}

/** `PASSED after 12 rounds: every figure is the same within its margin`. */
export function gateLine({ verdict, rounds, reason }: GateResult): string {
	return `${verdict.toUpperCase()} after ${rounds} rounds: ${reason}`;
}

/** `livekit-server v1.13.5 (/usr/bin/livekit-server)`; the name alone where nobody told of a version. */
export function sideText(side: GateResult["baseline"]): string {
	if (!side) return "none";
	return side.serverVersion === undefined
		? side.name
		: `livekit-server ${side.serverVersion} (${side.name})`;
}

/** What the figures rest on, in lines: test, correction, looks. */
export function methodLines({ alpha, looks, figures, notes, roundsInvalid }: GateResult): string[] {
	const tests = [...new Set(figures.map(({ test }) => test))].join("; ");
	const taken = looks.map(({ pairs, level }) => `${pairs} pairs at ${level.toFixed(4)}`);
	return [
		...(figures.length > 0
			? [`Test: ${tests}; Holm over figures; alpha ${alpha} spent over looks: ${taken.join(", ")}.`]
			: []),
		...(roundsInvalid > 0
			? [`${roundsInvalid} rounds were run again: the tester could not keep up.`]
			: []),
		...notes,
	];
}

/** As elsewhere, and CPU seconds and bytes. */
export function inUnit(value: number | undefined, unit: string): string {
	if (value === undefined) return unknownFigure;
	if (unit === "s") return shownFigure(value * 1000, "ms");
	if (unit === "bytes") return `${(value / 1e6).toFixed(1)}MB`;
	if (unit === "ms" && Math.abs(value) < 10) return `${value.toFixed(2)}ms`;
	return shownFigure(value, unit);
}

function signed(value: number, unit: string): string {
	return `${value >= 0 ? "+" : ""}${inUnit(value, unit)}`;
}

function signedPercent(share: number): string {
	return `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)}%`;
}
