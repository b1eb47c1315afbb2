import { faultMoments, momentCount } from "../fault/moments.js";
import { isRelayPolicy } from "../ice/policy-servers.js";
import { formatDuration } from "./duration-text.js";
import { isNetworkEffect } from "./fault.js";
import type { Path, Problem } from "./problem.js";
import type { ParsedScenario } from "./schema.js";

/** More would be a fault of the schedule. */
const mostMoments = 10_000;

/** Rules between the faults and the rest of a scenario. */
export function faultProblems(parsed: Partial<ParsedScenario>): Problem[] {
	const { faults, load } = parsed;
	if (faults === undefined) return [];
	const problems = [...withoutFaults(parsed), ...withoutRelay(parsed)];
	if (load === undefined) return problems;
	const durationMs = load.reduce((sum, step) => sum + step.durationMs, 0);
	const late = lateProblems(faults, durationMs);
	if (durationMs === 0 || late.length > 0) return [...problems, ...late];
	return [...problems, ...overlapProblems(faults, durationMs)];
}

type Faults = ParsedScenario["faults"];

function value(path: Path, message: string): Problem {
	return { path, part: "value", message };
}

function withoutFaults({ faults = [], thresholds = {} }: Partial<ParsedScenario>): Problem[] {
	if (faults.length > 0) return [];
	return Object.keys(thresholds)
		.filter((metric) => metric.startsWith("recovery."))
		.map((metric) => {
			const message = `${metric} is measured after faults, and this scenario has none`;
			return { path: ["thresholds", metric], part: "key", message };
		});
}

function withoutRelay({ faults = [], participants, ice }: Partial<ParsedScenario>): Problem[] {
	if (participants === undefined || ice === undefined) return [];
	if (participants.some((group) => isRelayPolicy(group.ice ?? ice))) return [];
	return faults.flatMap(({ effect }, i) =>
		effect.do === "restart-turn"
			? [value(["faults", i, "do"], "nobody goes through a relay; expected an ice policy relay-…")]
			: [],
	);
}

/** A fault that never comes, or is not over before the run is. */
function lateProblems(faults: Faults, durationMs: number): Problem[] {
	const end = formatDuration(durationMs);
	const problems = faults.flatMap((fault, i): Problem[] => {
		const { when, effect } = fault;
		const lastsMs = isNetworkEffect(effect) ? effect.forMs : 0;
		if (when.kind === "at") {
			if (when.atMs + lastsMs < durationMs) return [];
			const lasts = lastsMs > 0 ? ` for ${formatDuration(lastsMs)}` : "";
			const message = `${effect.do} at ${formatDuration(when.atMs)}${lasts} is not over when the run ends, at ${end}`;
			return [value(["faults", i, "at"], message)];
		}
		const path = ["faults", i, "every"];
		const every = formatDuration(when.everyMs);
		if (momentCount(fault, durationMs) === 0)
			return [value(path, `every ${every} never comes in a run of ${end}`)];
		if (lastsMs < when.everyMs) return [];
		const message = `every ${every}, but ${effect.do} lasts ${formatDuration(lastsMs)}; it would overlap with itself`;
		return [value(path, message)];
	});
	const all = faults.reduce((sum, fault) => sum + momentCount(fault, durationMs), 0);
	if (all <= mostMoments) return problems;
	return [...problems, value(["faults"], `${all} faults in all; at most ${mostMoments} are kept`)];
}

/** The network can be spoilt in one way at a time; each pair of entries is told once. */
function overlapProblems(faults: Faults, durationMs: number): Problem[] {
	const moments = faultMoments(faults, durationMs).flatMap(({ fault, atMs }) =>
		isNetworkEffect(fault.effect) ? [{ fault, atMs, untilMs: atMs + fault.effect.forMs }] : [],
	);
	const told = new Map<string, Problem>();
	let longest: (typeof moments)[number] | undefined;
	for (const next of moments) {
		if (longest && next.atMs < longest.untilMs) {
			const index = faults.indexOf(next.fault);
			const other = faults.indexOf(longest.fault);
			const message = `${next.fault.effect.do} at ${formatDuration(next.atMs)} overlaps with faults.${other} (${longest.fault.effect.do}, until ${formatDuration(longest.untilMs)}); the network is spoilt in one way at a time`;
			const key = `${index} ${other}`;
			if (!told.has(key)) told.set(key, value(["faults", index], message));
		}
		if (!longest || next.untilMs > longest.untilMs) longest = next;
	}
	return [...told.values()];
}
