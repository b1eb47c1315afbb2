import { isMapping } from "./change.js";
import { dataProblems } from "./data-combinations.js";
import { formatDuration } from "./duration-text.js";
import { faultProblems } from "./fault-problems.js";
import type { Path, Problem } from "./problem.js";
import { rampTarget, totalParticipants } from "./scenario.js";
import type { ParsedScenario } from "./schema.js";

/** More would not fit into the memory of one planner. */
const mostParticipants = 1_000_000;
const mostArrivals = 2_000_000;

const mediaMetric = /^(rtp|audio)\.|^connect\.(published|media|heard)$/;

/**
 * Rules between keys. Keys that are wrong in themselves are absent from `parsed`, so that all the
 * others are still checked and every problem of a file is reported at once.
 */
export function combinationProblems(raw: unknown, parsed: Partial<ParsedScenario>): Problem[] {
	return [
		...countProblems(parsed),
		...engineProblems(parsed),
		...mediaProblems(isMapping(raw) ? raw : {}, parsed),
		...listenProblems(parsed),
		...dataProblems(isMapping(raw) ? raw : {}, parsed),
		...loadProblems(parsed),
		...lifeProblems(parsed),
		...faultProblems(parsed),
	];
}

function value(path: Path, message: string): Problem {
	return { path, part: "value", message };
}

function total({ rooms, participants }: Partial<ParsedScenario>): number | undefined {
	return rooms === undefined || participants === undefined
		? undefined
		: totalParticipants({ rooms, participants });
}

/** libjuice connects over TCP, and loses what it connected moments later. */
function engineProblems({ participants = [], engine, ice }: Partial<ParsedScenario>): Problem[] {
	return participants.flatMap((group, index) => {
		const isImpossible = (group.engine ?? engine) === "lite" && (group.ice ?? ice) === "tcp";
		if (!isImpossible) return [];
		const path = group.ice === undefined ? ["ice"] : ["participants", index, "ice"];
		return [
			value(path, "engine lite cannot keep a connection over tcp; expected engine: native with it"),
		];
	});
}

function countProblems(parsed: Partial<ParsedScenario>): Problem[] {
	const all = total(parsed);
	if (all === undefined) return [];
	const path = ["participants"];
	if (all === 0)
		return [value(path, "0 participants: expected at least one publisher, subscriber or both")];
	if (all > mostParticipants)
		return [value(path, `${all} participants in all; at most ${mostParticipants} can be planned`)];
	const { workers, participantsPerWorker } = parsed.pool ?? { workers: "auto" };
	if (workers === "auto" || typeof participantsPerWorker !== "number") return [];
	return workers * participantsPerWorker >= all
		? []
		: [
				value(
					["pool", "workers"],
					`${workers} × ${participantsPerWorker} participants are fewer than the ${all} of this scenario; expected at least ${Math.ceil(all / participantsPerWorker)} workers`,
				),
			];
}

function mediaProblems(raw: Record<string, unknown>, parsed: Partial<ParsedScenario>): Problem[] {
	if (parsed.media !== "none") return [];
	const why = (key: string) => `${key} is impossible with media: none`;
	const keys = ["audio", "speakers", "subscribe"].filter((key) => raw[key] !== undefined);
	const metrics = Object.keys(parsed.thresholds ?? {}).filter((metric) => mediaMetric.test(metric));
	const groups = (parsed.participants ?? []).flatMap((group, i) =>
		group.subscribe === undefined
			? []
			: [
					Array.isArray(raw.participants)
						? ["participants", i, "subscribe"]
						: ["participants", "subscribe"],
				],
	);
	return [
		...keys.map((key): Problem => ({ path: [key], part: "key", message: why(key) })),
		...groups.map((path): Problem => ({ path, part: "key", message: why("subscribe") })),
		...metrics.map(
			(metric): Problem => ({ path: ["thresholds", metric], part: "key", message: why(metric) }),
		),
	];
}

function listenProblems(parsed: Partial<ParsedScenario>): Problem[] {
	const { participants, subscribe, speakers, media } = parsed;
	if (participants === undefined || media === "none") return [];
	const heard = participants.reduce((sum, group) => sum + group.publishers + group.both, 0);
	const problems = participants.flatMap((group, i): Problem[] => {
		const wanted = group.subscribe ?? subscribe;
		// Nobody hears itself: who does both hears one less.
		const most = group.both > 0 ? heard - 1 : heard;
		if (typeof wanted !== "number" || group.subscribers + group.both === 0 || wanted <= most)
			return [];
		const path = group.subscribe === undefined ? ["subscribe"] : ["participants", i, "subscribe"];
		return [value(path, `${wanted} tracks, but a room has only ${most} to subscribe to`)];
	});
	if (speakers === "simulate" && heard === 0)
		problems.push(value(["speakers"], "simulate needs somebody who publishes"));
	return problems;
}

function loadProblems(parsed: Partial<ParsedScenario>): Problem[] {
	const { load } = parsed;
	if (load === undefined) return [];
	const all = total(parsed);
	const lastArrive = load.findLastIndex((step) => step.kind === "arrive");
	const problems = load.flatMap((step, i): Problem[] => {
		if (step.kind === "arrive") {
			const expected = (step.durationMs * step.rate.count) / step.rate.perMs;
			return expected > mostArrivals
				? [
						value(
							["load", i, "arrive"],
							`${Math.round(expected)} arrivals; at most ${mostArrivals} can be planned`,
						),
					]
				: [];
		}
		if (lastArrive >= 0 && (step.kind === "ramp" || i < lastArrive))
			return [
				value(
					["load", i],
					"arrive steps cannot be mixed with ramp and hold; only a hold at the end may follow them",
				),
			];
		if (step.kind === "hold" || all === undefined) return [];
		const target = rampTarget(step.to, all);
		const path = ["load", i, "to"];
		if (target > all)
			return [value(path, `${target} is more than the ${all} participants of this scenario`)];
		return Number.isInteger(target) ? [] : [value(path, notWhole(step.to, target, all))];
	});
	if (problems.length > 0) return problems;
	if (load.every((step) => step.durationMs === 0))
		return [value(["load"], "the load lasts 0s; add a step such as {hold: 30s}")];
	if (
		all !== 0 &&
		lastArrive < 0 &&
		!load.some(
			(step) => step.kind === "ramp" && (all === undefined || rampTarget(step.to, all) > 0),
		)
	)
		return [value(["load"], "nobody ever joins; add a step such as {ramp: 10s, to: 100%}")];
	return [];
}

function notWhole(to: object, target: number, all: number): string {
	const share = "percent" in to ? `${to.percent}%` : "";
	return `${share} of ${all} participants is ${Number(target.toFixed(3))}; write ${Math.floor(target)} or ${Math.ceil(target)} participants (without %)`;
}

function lifeProblems({ life, load }: Partial<ParsedScenario>): Problem[] {
	if (life === undefined || life.rejoinMs === 0) return [];
	const path = ["life", "rejoin"];
	const pause = formatDuration(life.rejoinMs);
	if (life.stay.kind === "forever")
		return [value(path, `${pause} has no meaning with stay: forever; nobody leaves`)];
	if (load?.some((step) => step.kind === "arrive"))
		return [value(path, `${pause} has no meaning with arrive: who left does not come back`)];
	return [];
}
