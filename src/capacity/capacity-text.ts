import Table from "cli-table3";
import { stripControlCharacters } from "../sink/control-characters.js";
import { count, figure } from "../sink/figure.js";
import type { Capacity, CapacityStep } from "./capacity-result.js";
import { terminalCharts } from "./terminal-chart.js";

/** Tables without frames: they survive copy and paste. */
const bare = {
	...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
	...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
	...{ left: "", "left-mid": "", right: "", "right-mid": "" },
	...{ mid: "", "mid-mid": "", middle: " " },
};

/** The answer in one sentence: `at least 80 participants (95% interval 71 to –), limited by the tester`. */
export function capacityLine(result: Capacity): string {
	const { limit, unit, atLeast, interval, limitedBy, certainty, ended } = result;
	const { low, high } = interval;
	if (limit === 0 && result.steps.length === 0) return `${result.scenario}: nothing was measured`;
	if (limit === 0 && ended === "least-breaks")
		return limitedBy === "tester"
			? `${result.scenario}: the tester itself could not keep up with ${result.breaks} ${unit}${because(result)}`
			: `${result.scenario}: not even ${result.breaks} ${unit} hold${because(result)}`;
	const range = atLeast ? "" : ` (95% interval ${low} to ${high ?? "–"})`;
	const by =
		limitedBy === "none"
			? ", nothing broke"
			: `, limited by the ${limitedBy}${certainty === "clear" ? "" : ` (${certainty})`}`;
	return `${result.scenario}: ${atLeast ? "at least " : ""}${count(limit)} ${unit}${range}${by}`;
}

function because({ steps }: Capacity): string {
	const last = steps.at(-1);
	const why = [...(last?.invalidities ?? []), ...(last?.thresholds ?? [])];
	return why.length === 0 ? "" : `: ${why.join("; ")}`;
}

/** The whole report for people, the answer first. */
export function capacityText(result: Capacity, columns: number, folder: string): string {
	const { evidence, notes, extrapolation, ended, reason } = result;
	const parts = [
		capacityLine(result),
		...(ended === "found" ? [] : [`ended: ${ended}${reason === undefined ? "" : `, ${reason}`}`]),
		list("evidence", evidence),
		list("note", notes),
		stepTable(result),
		terminalCharts(result, columns).join("\n"),
		list("one more participant costs", costLines(result)),
		extrapolation
			? `extrapolated to ${extrapolation.cores} cores: ${count(extrapolation.participants)} participants (${count(extrapolation.interval.low)} to ${extrapolation.interval.high === null ? "–" : count(extrapolation.interval.high)})\n  ${extrapolation.assumption}`
			: "",
		`results in ${folder}`,
		`exit code ${result.exitCode}`,
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** What a run that has just ended has to say: `80 participants failed: connect.media p95 < 2s (3.1s)`. */
export function stepLine(step: CapacityStep, unit: Capacity["unit"]): string {
	const why = step.outcome === "invalid" ? step.invalidities : step.thresholds;
	const reasons = why.length === 0 ? "" : `: ${why.join("; ")}`;
	const cpu = step.server?.cpuCores;
	const used = cpu === undefined ? "" : `, server ${cpu.toFixed(2)} cores`;
	return stripControlCharacters(
		`${step.count} ${unit} ${step.outcome}${reasons} (connect p95 ${figure(step.connectP95Ms, "ms")}, loss ${figure(step.lossRatio, "ratio")}${used})`,
	);
}

const head = [
	...["run", "why", "people", "count", "outcome", "failed"],
	...["connect", "loss", "jitter", "server", "tester", "lag"],
];
const headMeaning = "connect, jitter: p95 · server, tester: cores · lag: p99";

function stepTable({ steps, unit }: Capacity): string {
	if (steps.length === 0) return "";
	// Where participants are counted the two columns would be the same.
	const isShown = (_: unknown, column: number) => column !== 2 || unit !== "participants";
	const shown = head.filter(isShown);
	const table = new Table({
		chars: bare,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
		colAligns: shown.map((name) => (name === "why" || name === "outcome" ? "left" : "right")),
		head: shown,
	});
	const cores = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(2));
	for (const step of steps) {
		const cells = [
			...[String(step.step), step.why, String(step.participants), String(step.count)],
			...[step.outcome, String(step.failed + step.lost), figure(step.connectP95Ms, "ms")],
			...[figure(step.lossRatio, "ratio"), figure(step.jitterP95Ms, "ms")],
			...[cores(step.server?.cpuCores), cores(step.tester.cpuCores)],
			figure(step.tester.lagP99Ms, "ms"),
		];
		table.push(cells.filter(isShown));
	}
	return `${table.toString().replace(/ +$/gm, "")}\n${headMeaning}`;
}

function costLines({ costs }: Capacity): string[] {
	const { serverCpuCores: cpu, serverRssBytes: memory, packetsPerSecond: packets } = costs;
	const line = (cost: typeof cpu, unit: string, scale: number) =>
		cost === undefined
			? []
			: [
					`${short(cost.value * scale)} ${unit} (${short(cost.low * scale)} to ${short(cost.high * scale)}), ${cost.model}, R² ${cost.r2.toFixed(2)}, ${cost.points} runs`,
				];
	return [
		...line(cpu, "millicores of server CPU", 1_000),
		...line(memory, "MB of server memory", 1e-6),
		...line(packets, "RTP packets a second", 1),
	];
}

function short(value: number): string {
	return String(Number(value.toPrecision(3)));
}

function list(name: string, lines: readonly string[]): string {
	return lines.length === 0
		? ""
		: [name, ...lines.map((line) => `  ${stripControlCharacters(line)}`)].join("\n");
}
