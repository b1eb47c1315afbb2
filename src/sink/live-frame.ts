import type { ChalkInstance } from "chalk";
import cliProgress from "cli-progress";
import sliceAnsi from "slice-ansi";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import type { ThresholdResult } from "../verdict/evaluate.js";
import { stripControlCharacters } from "./control-characters.js";
import { clockTime, count, cpuShare, figure } from "./figure.js";
import { agentLines } from "./live-agents.js";
import { type DataFigures, type LiveFigures, liveFigures } from "./live-figures.js";

/** Everything one picture of a run is made of. */
export interface FrameInput {
	readonly run: RunInfo;
	readonly view: RunView;
	/** Absent until the server has said it. */
	readonly serverVersion?: string;
	readonly joinsPerSecond: number;
	/** The last thing worth telling, already free of control characters. */
	readonly lastNotable?: string;
	readonly columns: number;
	readonly chalk: ChalkInstance;
}

const shownFailures = 5;
const shownThresholds = 8;
/** Narrower terminals get the picture cut at the right instead of wrapped. */
const narrowestLayout = 80;

/** The live picture: one string a line, none wider than `columns`, none with a control character of others. */
export function liveFrame(input: FrameInput): string[] {
	const { view, columns, chalk } = input;
	const figures = liveFigures(view);
	const lines = [
		title(input),
		progress(input),
		population(input, figures),
		row(chalk, "connect", [
			`media p50 ${figure(figures.connectMediaP50Ms, "ms")}`,
			`p95 ${figure(figures.connectMediaP95Ms, "ms")}`,
			`${input.joinsPerSecond.toFixed(1)} joins/s`,
		]),
		row(chalk, "media", mediaParts(figures.run)),
		row(chalk, "  now", mediaParts(figures.now)),
		...(figures.data ? [row(chalk, "data", dataParts(figures.data))] : []),
		row(chalk, "failures", failureParts(figures, chalk)),
		row(chalk, "tester", testerParts(view, figures)),
		...agentLines(view, chalk).map((line, i) => row(chalk, i === 0 ? "agents" : "", [line])),
		...view.invalidities.map(
			(one) => `  ${chalk.yellow("!")} ${chalk.yellow(stripControlCharacters(one.text))}`,
		),
		...thresholdLines(view.thresholds, chalk),
		row(chalk, "run", [chalk.dim(stripControlCharacters(input.run.runId))]),
		...(input.lastNotable ? [row(chalk, "last", [input.lastNotable])] : []),
	];
	return lines.map((line) => sliceAnsi(line, 0, columns));
}

function title({ run, serverVersion, chalk }: FrameInput): string {
	const engines = Object.entries(run.engines).map(([name, version]) => `${name} ${version}`);
	const facts = [
		serverVersion ? `LiveKit ${serverVersion}` : run.serverUrl,
		...engines,
		`seed ${run.seed}`,
	].map(stripControlCharacters);
	return `${chalk.bold(`livesoak ${stripControlCharacters(run.scenarioName)}`)} ${chalk.dim(`· ${facts.join(" · ")}`)}`;
}

function progress({ view, columns, chalk }: FrameInput): string {
	// The first views can come before the agreed start, the last ones after the planned end.
	const share =
		view.durationMs > 0 ? Math.min(1, Math.max(0, view.elapsedMs / view.durationMs)) : 0;
	const times = `${String(Math.floor(share * 100)).padStart(3)}%  ${clockTime(view.elapsedMs)} / ${clockTime(view.durationMs)}`;
	const width = Math.max(columns, narrowestLayout) - times.length - 4;
	return `${bar(share, Math.min(width, 80), chalk)}  ${times}`;
}

function population({ view, chalk }: FrameInput, figures: LiveFigures): string {
	const share = view.target > 0 ? Math.min(1, view.alive / view.target) : 0;
	return row(chalk, "alive", [
		`${bar(share, 10, chalk)} ${view.alive}/${view.target}`,
		`joining ${view.joining}`,
		`joined ${count(figures.joined)}`,
		alarming(`failed ${count(figures.failed)}`, figures.failed, chalk),
		alarming(`lost ${count(figures.lost)}`, figures.lost, chalk),
	]);
}

function mediaParts(media: LiveFigures["run"]): string[] {
	return [
		`loss ${figure(media.loss, "ratio")}`,
		`jitter p95 ${figure(media.jitterP95Ms, "ms")}`,
		`rtt p50 ${figure(media.rttP50Ms, "ms")}`,
		`MOS ${figure(media.mos, "mos")}`,
	];
}

function dataParts(data: DataFigures): string[] {
	return [
		`sent ${count(data.sent)}`,
		`received ${count(data.received)}`,
		`loss ${figure(data.loss, "ratio")}`,
		`latency p95 ${figure(data.latencyP95Ms, "ms")}`,
	];
}

function failureParts(figures: LiveFigures, chalk: ChalkInstance): string[] {
	const worst = figures.failures
		.slice(0, shownFailures)
		.map((one) => chalk.red(`${one.stage}/${one.cause} ${count(one.count)}`));
	const hidden = figures.failures.length - worst.length;
	return [
		...(worst.length > 0 ? worst : ["none"]),
		...(hidden > 0 ? [`+${hidden} more`] : []),
		`reconnects ${count(figures.reconnects)}`,
	];
}

function testerParts(view: RunView, figures: LiveFigures): string[] {
	return [
		`lag p99 ${figure(figures.lagP99Ms, "ms")}`,
		`start delay p99 ${figure(figures.startDelayP99Ms, "ms")}`,
		`workers ${view.workers.length}`,
		`cpu ${cpuShare(figures.cpu)}`,
		`${Math.round(figures.rssBytes / 1e6)} MB`,
	];
}

function thresholdLines(thresholds: readonly ThresholdResult[], chalk: ChalkInstance): string[] {
	if (thresholds.length === 0) return [];
	// What fails must be seen even when there is no room for all.
	const ordered = [...thresholds].sort((a, b) => rank(a) - rank(b));
	const hidden = ordered.length - shownThresholds;
	return [
		chalk.dim("thresholds, verdict so far"),
		...ordered.slice(0, shownThresholds).map((one) => thresholdLine(one, chalk)),
		...(hidden > 0 ? [chalk.dim(`  +${hidden} more`)] : []),
	];
}

/** One threshold with its mark: ✓ holds, ✗ fails, · nothing observed yet. */
function thresholdLine(one: ThresholdResult, chalk: ChalkInstance): string {
	const mark =
		one.observed === undefined ? chalk.dim("·") : one.ok ? chalk.green("✓") : chalk.red("✗");
	const name = stripControlCharacters(`${one.metric} ${one.expression}`).padEnd(36);
	return `  ${mark} ${name} ${figure(one.observed, one.unit)}${one.advisory ? chalk.dim(" advisory") : ""}`;
}

function rank(one: ThresholdResult): number {
	if (one.observed === undefined) return 1;
	return one.ok ? 2 : 0;
}

function row(chalk: ChalkInstance, label: string, parts: readonly string[]): string {
	return `${chalk.dim(label.padEnd(9))} ${parts.join("  ")}`;
}

function alarming(text: string, value: number, chalk: ChalkInstance): string {
	return value > 0 ? chalk.red(text) : text;
}

function bar(share: number, width: number, chalk: ChalkInstance): string {
	const drawn = cliProgress.Format.BarFormat(share, {
		barsize: width,
		barCompleteString: "█".repeat(width),
		barIncompleteString: "░".repeat(width),
		barGlue: "",
	});
	return chalk.cyan(drawn);
}
