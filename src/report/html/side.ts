import { stripControlCharacters } from "../../sink/control-characters.js";
import type { Report } from "../report.js";

/** A run on the page: one alone, or two side by side. */
export interface Side {
	/** `A` and `B` where there are two, else empty. */
	readonly letter: string;
	readonly report: Report;
}

/** Sides of the page, the run that the report is about first. */
export function sidesOf(report: Report, compared: Report | undefined): readonly Side[] {
	if (!compared) return [{ letter: "", report: withoutControls(report) }];
	return [
		{ letter: "A", report: withoutControls(report) },
		{ letter: "B", report: withoutControls(compared) },
	];
}

/** Text from outside could reorder, with bidirectional marks, what stands beside it. */
function withoutControls(report: Report): Report {
	const { series, ...rest } = report;
	const clean = JSON.parse(JSON.stringify(rest), (_, value: unknown) => {
		if (typeof value === "string") return stripControlCharacters(value);
		return isPlainObject(value) ? withCleanKeys(value) : value;
	});
	return { ...clean, series };
}

function isPlainObject(value: unknown): value is object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names of engines and metrics are keys. */
function withCleanKeys(value: object): object {
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [stripControlCharacters(key), each]),
	);
}

/** `A: 20261122-smoke`, or the name alone. */
export function sideName({ letter, report }: Side): string {
	return letter === "" ? report.name : `${letter}: ${report.name}`;
}

/** How long the run lasted, as far as anything says, in ms. At least 1. */
export function ranMs({ summary, series, run }: Report): number {
	const last = series.elapsedMs.at(-1) ?? 0;
	return Math.max(
		summary?.durationMs ?? 0,
		last,
		summary || last > 0 ? 0 : (run?.plannedMs ?? 0),
		1,
	);
}
