import { drawTable } from "../table.js";
import type { Finding } from "./findings.js";
import { isMemory, type VitalName } from "./vitals.js";

const labels: Readonly<Record<VitalName, string>> = {
	rssBytes: "RSS, MB",
	anonymousBytes: "RSS without files, MB",
	heapUsed: "JS heap and its garbage, MB",
	fds: "file descriptors",
	sockets: "sockets among them",
	threads: "threads",
	timers: "timers",
	handles: "libuv handles",
};
const bytesPerMb = 1024 * 1024;

const head = [
	...["process and figure", "empty before", "churn: first tenth", "last tenth"],
	...["slope an hour (95 %)", "empty after", "verdict"],
];

export function churnTable(findings: readonly Finding[]): string {
	return drawTable(head, findings.map(rowOf));
}

function rowOf({ process, figure, slope, verdict, ...at }: Finding): string[] {
	const show = (value: number | undefined, digits = 1) => shown(figure, value, digits);
	const interval = slope && `${show(slope.perHour)} (${show(slope.low)} to ${show(slope.high)})`;
	return [
		...[`${process}: ${labels[figure]}`, show(at.restBefore, 0)],
		...[show(at.atStart), show(at.atEnd), interval ?? "–"],
		...[show(at.restAfter, 0), verdict],
	];
}

function shown(figure: VitalName, value: number | undefined, digits: number): string {
	if (value === undefined) return "–";
	return isMemory(figure) ? (value / bytesPerMb).toFixed(1) : value.toFixed(digits);
}
