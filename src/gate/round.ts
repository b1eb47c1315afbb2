import type { Summary } from "../verdict/summary.js";
import { figures } from "./figures.js";
import type { ServerUsage } from "./server-usage.js";

export type SideName = "baseline" | "candidate";

/** One run of the scenario against one side, reduced to a number a figure. */
export interface Round {
	/** Rounds of both sides with one number were run next to each other. From 1. */
	readonly pair: number;
	readonly startedAt: string;
	/** Joined or failed. */
	readonly participants: number;
	readonly serverVersion?: string | undefined;
	/** By figure; absent: not measured in this round. */
	readonly values: Readonly<Record<string, number>>;
}

/** @param usage of the server over this round, where it could be read */
export function roundOf(summary: Summary, pair: number, usage: ServerUsage | undefined): Round {
	const { joined } = summary.participants;
	const all = {
		...shares(summary),
		...fromMetrics(summary),
		...(usage && {
			...(joined > 0 ? { "server.cpuPerParticipant": usage.cpuSeconds / joined } : {}),
			"server.rss": usage.residentBytes,
		}),
	};
	const { version } = summary.server;
	return {
		...{ pair, startedAt: summary.startedAt, participants: begun(summary), values: all },
		...(version === undefined ? {} : { serverVersion: version }),
	};
}

/** Joins that were cut off by the end of the run are in neither number. */
function begun({ participants, failures }: Summary): number {
	const cutOff = failures.filter(({ cause }) => cause === "aborted");
	return (
		participants.joined + participants.failed - cutOff.reduce((sum, one) => sum + one.count, 0)
	);
}

function shares(summary: Summary): Record<string, number> {
	const { joined, lost } = summary.participants;
	const all = begun(summary);
	return {
		...(all > 0 ? { "participants failed": (all - joined) / all } : {}),
		...(joined > 0 ? { "participants lost": lost / joined } : {}),
	};
}

function fromMetrics({ metrics }: Summary): Record<string, number> {
	return Object.fromEntries(
		figures.flatMap(({ metric }) => {
			const [name = "", statistic = ""] = metric.split(" ");
			const distribution = metrics[name];
			if (!distribution || distribution.count === 0) return [];
			switch (statistic) {
				case "p50":
				case "p95":
				case "mean":
					return [[metric, distribution[statistic]] as const];
				default:
					return [];
			}
		}),
	);
}
