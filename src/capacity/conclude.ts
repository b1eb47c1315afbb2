import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import type { Capacity, CapacityStep } from "./capacity-result.js";
import { type Cost, type CostModel, costOf } from "./cost.js";
import { credibleInterval } from "./credible-interval.js";
import { extrapolate } from "./extrapolate.js";
import { findKnee } from "./knee.js";
import { fullServer, limitedBy } from "./limited-by.js";
import type { Point } from "./regression.js";
import { bracket } from "./search.js";
import type { Varied } from "./vary.js";

export interface ConclusionFacts
	extends Pick<
		Capacity,
		"scenario" | "seed" | "startedAt" | "durationMs" | "ended" | "server" | "machine"
	> {
	readonly reason?: string | undefined;
	readonly varied: Varied;
	readonly goesThroughTurn: boolean;
	/** How the server's work should grow with participants in this scenario. */
	readonly growth: CostModel;
	readonly extrapolateCores?: number | undefined;
	readonly steps: readonly CapacityStep[];
}

/** What the runs so far say, as capacity.json has it. */
export function conclude(facts: ConclusionFacts): Capacity {
	const { steps, varied, ended, machine, reason } = facts;
	const { holds, breaks } = bracket(steps);
	const culprit = limitedBy({
		broken: steps.filter(({ count, outcome }) => count === breaks && outcome !== "passed"),
		goesThroughTurn: facts.goesThroughTurn,
		sharesMachine: facts.server.sharesMachine,
		machineCores: machine.cores,
	});
	const { limitedBy: culpritName } = culprit;
	const atLeast = culpritName === "tester" || culpritName === "none";
	const measured = credibleInterval(steps, { holds, breaks }, varied.grid);
	const interval = atLeast ? { ...measured, high: null } : measured;
	const participants = holds === 0 ? 0 : varied.participantsAt(holds);
	const costs = costsOf(steps, participants, facts.growth);
	const server = { ...facts.server, ...coresOf(facts) };
	const extrapolation = extrapolationOf({ facts, culpritName, interval, participants, costs });
	return {
		...{ schema: 1, scenario: facts.scenario, seed: facts.seed },
		...{ startedAt: facts.startedAt, durationMs: facts.durationMs, ended },
		exitCode: exitCodeOf(ended, culpritName),
		...(reason === undefined ? {} : { reason }),
		...{ unit: varied.unit, limit: holds, atLeast, participants },
		...(breaks === undefined ? {} : { breaks }),
		...{ interval, ...culprit, notes: notesOf(facts, culpritName, extrapolation !== undefined) },
		...{ server, machine, knees: kneesOf(steps) },
		costs: Object.fromEntries(
			Object.entries(costs).flatMap(([name, cost]) => {
				if (cost === undefined) return [];
				const { fit: _fit, ...shown } = cost;
				return [[name, shown]];
			}),
		),
		...(extrapolation ? { extrapolation } : {}),
		steps: [...steps],
	};
}

/** docs/capacity.md tells these to users. */
function exitCodeOf(ended: Capacity["ended"], culprit: Capacity["limitedBy"]): ExitCode {
	switch (ended) {
		case "stopped":
			return exitCodes.aborted;
		case "running":
		case "server-lost":
		case "error":
			return exitCodes.error;
		case "least-breaks":
			return culprit === "tester" ? exitCodes.invalid : exitCodes.thresholdFailed;
		case "found":
		case "most-holds":
		case "steps":
		case "time":
			return culprit === "tester" ? exitCodes.invalid : exitCodes.passed;
	}
}

type FigureOf = (step: CapacityStep) => number | undefined;

const figures = {
	connectP95Ms: (step) => step.connectP95Ms,
	lossRatio: (step) => step.lossRatio,
	jitterP95Ms: (step) => step.jitterP95Ms,
	serverCpuCores: (step) => step.server?.cpuCores,
} as const satisfies Record<string, FigureOf>;

/** Those that were measured. Invalid runs measure the tester. */
function pointsOf(steps: readonly CapacityStep[], figure: FigureOf): Point[] {
	return steps.flatMap((step) => {
		const y = figure(step);
		return y === undefined || step.outcome === "invalid" ? [] : [{ x: step.participants, y }];
	});
}

function kneesOf(steps: readonly CapacityStep[]): Capacity["knees"] {
	return (Object.keys(figures) as (keyof typeof figures)[]).flatMap((figure) => {
		const knee = findKnee(pointsOf(steps, figures[figure]));
		if (knee === undefined) return [];
		return [{ figure, participants: knee.at, before: knee.before, after: knee.after }];
	});
}

type Costs = Readonly<Record<keyof Capacity["costs"], Cost | undefined>>;

function costsOf(steps: readonly CapacityStep[], at: number, growth: CostModel): Costs {
	const passed = steps.filter(({ outcome }) => outcome === "passed");
	const cost = (figure: FigureOf, model: CostModel) => costOf(pointsOf(passed, figure), at, model);
	return {
		serverCpuCores: cost((step) => step.server?.cpuCores, growth),
		serverRssBytes: cost((step) => step.server?.rssBytes, "linear"),
		packetsPerSecond: cost((step) => step.packetsPerSecond, growth),
	};
}

function coresOf({ steps, server }: ConclusionFacts): { cores?: number } {
	const told = steps.map((step) => step.server?.cores).find((cores) => cores !== undefined);
	const cores = server.cores ?? told;
	return cores === undefined ? {} : { cores };
}

function extrapolationOf(conclusion: {
	facts: ConclusionFacts;
	culpritName: Capacity["limitedBy"];
	interval: Capacity["interval"];
	participants: number;
	costs: Costs;
}) {
	const { facts, culpritName, interval, participants, costs } = conclusion;
	const { extrapolateCores: wantedCores, steps, varied } = facts;
	const cost = costs.serverCpuCores;
	const { cores } = coresOf(facts);
	const used = steps
		.filter((step) => step.participants === participants && step.outcome === "passed")
		.map(({ server }) => server?.cpuCores)
		.filter((cpu) => cpu !== undefined);
	if (wantedCores === undefined || culpritName !== "server" || cost === undefined) return undefined;
	if (cores === undefined || used.length === 0) return undefined;
	// A server that refuses at a fixed number would do so on any machine.
	const broken = steps.filter(({ count }) => count === bracket(steps).breaks);
	if (fullServer(broken) === undefined) return undefined;
	return extrapolate({
		participants,
		interval: {
			low: varied.participantsAt(interval.low),
			high: interval.high === null ? null : varied.participantsAt(interval.high),
		},
		cpuCores: used.reduce((sum, each) => sum + each, 0) / used.length,
		...{ cores, wantedCores, cost },
	});
}

function notesOf(
	{ server, machine, steps, ended, extrapolateCores }: ConclusionFacts,
	culprit: Capacity["limitedBy"],
	isExtrapolated: boolean,
): string[] {
	const notes: string[] = [];
	if (server.sharesMachine)
		notes.push(
			`Server and tester share the ${machine.cores} cores of this machine: on a machine of its own the server may hold more.`,
		);
	if (steps.length > 0 && steps.every((step) => step.server?.cpuCores === undefined))
		notes.push("The server's own metrics are not known: give --server-metrics to see its CPU.");
	if (ended === "steps" || ended === "time")
		notes.push("The search ended before its edge was as narrow as asked, or confirmed.");
	if (culprit === "tester")
		notes.push(
			"The tester broke first, so this is what the server holds at least: use a larger machine, or the lite engine.",
		);
	if (extrapolateCores !== undefined && !isExtrapolated)
		notes.push(
			culprit === "server"
				? "Not extrapolated: that needs a server that ran out of CPU, and its metrics in three passed runs of different size."
				: "Not extrapolated: it was not the server that broke first.",
		);
	return notes;
}
