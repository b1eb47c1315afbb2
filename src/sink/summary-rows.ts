import { peerStages, stages } from "../sample/stage.js";
import type { Summary } from "../verdict/summary.js";
import { count, figure, unknownFigure } from "./figure.js";

/** Head of the stage table; all times run from the scheduled start. */
export const stageHead = ["stage", "n", "p50", "p90", "p95", "p99", "max"] as const;

/**
 * One row a connect stage, in order; a stage nobody could see is shown as unknown, never as zero. Below it the
 * peer connections it was seen of.
 */
export function stageRows({ metrics }: Summary): string[][] {
	return stages.flatMap((stage) => {
		const peers = peerStages.filter((name) => name.startsWith(`${stage}.`));
		const seen = peers.filter((name) => metrics[`connect.${name}`]);
		return [stage, ...seen].map((name) => stageRow(name, metrics[`connect.${name}`]));
	});
}

function stageRow(name: string, metric: Summary["metrics"][string] | undefined): string[] {
	if (!metric) return [name, ...stageHead.slice(1).map(() => unknownFigure)];
	const times = [metric.p50, metric.p90, metric.p95, metric.p99, metric.max];
	return [name, count(metric.count), ...times.map((value) => figure(value, metric.unit))];
}

/** Head of the table of all other distributions. */
export const metricHead = ["metric", "mean", "p50", "p95", "p99", "max"] as const;

/** One row a distribution that is not a connect stage. */
export function metricRows(summary: Summary): string[][] {
	return Object.entries(summary.metrics)
		.filter(([name]) => !name.startsWith("connect."))
		.map(([name, metric]) => [
			name,
			...[metric.mean, metric.p50, metric.p95, metric.p99, metric.max].map((value) =>
				figure(value, metric.unit),
			),
		]);
}

/** `12 planned, 12 joined, 0 failed, 0 lost`, and what else is not zero. */
export function participantsText({ participants }: Summary): string {
	const always = (["planned", "joined", "failed", "lost"] as const).map(
		(name) => `${count(participants[name])} ${name}`,
	);
	const rest = [
		[participants.notStarted, "not started"],
		[participants.unfinished, "still there at the end"],
		[participants.takenOver, "begun again"],
	] as const;
	return [...always, ...rest.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`)].join(
		", ",
	);
}

/**
 * `144,000 sent, 720,000 received, 0 lost (0.00%)`; the share is lost / (lost + received). With how the received were
 * counted, where not all were decrypted.
 */
export function packetsText({ packets, decryption }: Summary): string {
	const how = decryption
		? `; by RTP headers, ${count(decryption.succeeded)} of ${count(decryption.sampled)} sampled decrypted`
		: "";
	return `${deliveredText(packets)}${how}`;
}

/** What came twice or out of order is told where there is some. */
function deliveredText({ sent, received, lost, ...rest }: Delivered): string {
	const expected = lost + received;
	const share = expected > 0 ? figure(lost / expected, "ratio") : unknownFigure;
	const unusual = (["duplicated", "reordered"] as const)
		.filter((what) => (rest[what] ?? 0) > 0)
		.map((what) => `, ${count(rest[what] ?? 0)} ${what}`);
	return `${count(sent)} sent, ${count(received)} received, ${count(lost)} lost (${share})${unusual.join("")}`;
}

type Delivered = Summary["packets"] | NonNullable<Summary["data"]>;

/** As `packetsText`, of data messages; undefined where none were asked for. */
export function dataText({ data }: Summary): string | undefined {
	return data && deliveredText(data);
}

/** `subscriber: relay (tls) → host over tcp`, as the selected pair of a peer connection. */
export function pairText(pair: Summary["candidatePairs"][number]): string {
	const relay = pair.relayProtocol ? ` (${pair.relayProtocol})` : "";
	return `${pair.peer}: ${pair.local}${relay} → ${pair.remote} over ${pair.protocol}`;
}

/** What the tester itself used. */
export function testerText({ tester }: Summary): string {
	const died = tester.workersDied > 0 ? `, ${tester.workersDied} died` : "";
	const lost = tester.agentsLost ? `, ${tester.agentsLost} lost` : "";
	const agents = tester.agents === undefined ? "" : ` on ${tester.agents} agents${lost}`;
	return `${tester.workers} workers${died}${agents}, ${tester.cpuSeconds.toFixed(1)}s CPU, ${Math.round(tester.maxRssBytes / 1e6)} MB at most, lag p99 ${figure(tester.lagP99Ms, "ms")}`;
}

/** One line a broken rule: what happened and what to do about it. */
export function invalidityTexts({ invalidities, tester }: Summary): string[] {
	return invalidities.map(({ rule, text }) => {
		const advice =
			tester.agentsLost && rule === "lost-to-tester" ? agentAdvice : adviceByRule[rule];
		return advice ? `${text}. ${advice}` : text;
	});
}

const agentAdvice =
	"See agent-lost in events.jsonl: its machine, its network or its way to Redis failed.";

/** The other rules name their remedy in their own text. */
const adviceByRule: Readonly<Record<string, string>> = {
	"lost-to-tester":
		"See worker-died in events.jsonl: a worker that was killed has often run out of memory.",
	accounting: "That is a defect of livesoak: please report it with the result folder.",
};
