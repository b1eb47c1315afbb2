import { readServerMetrics } from "../backend/server-metrics.js";

/** What livekit-server used over a round. */
export interface ServerUsage {
	readonly cpuSeconds: number;
	/** At the end. */
	readonly residentBytes: number;
}

/** CPU time since the server was started, and its memory now. */
type ServerReading = ServerUsage;

const answerBoundMs = 2_000;

/** @returns undefined where nobody answers, or without these two metrics: the figure is then not measured */
export async function readServer(metricsUrl: string): Promise<ServerReading | undefined> {
	const reading = await readServerMetrics(metricsUrl, answerBoundMs).catch(() => undefined);
	const { cpuSeconds = Number.NaN, rssBytes: residentBytes = Number.NaN } = reading ?? {};
	if (!Number.isFinite(cpuSeconds) || !Number.isFinite(residentBytes)) return undefined;
	return { cpuSeconds, residentBytes };
}

/** @returns undefined too where the server was started anew in between */
export function usageBetween(
	before: ServerReading | undefined,
	after: ServerReading | undefined,
): ServerUsage | undefined {
	if (!before || !after || after.cpuSeconds < before.cpuSeconds) return undefined;
	return {
		cpuSeconds: after.cpuSeconds - before.cpuSeconds,
		residentBytes: after.residentBytes,
	};
}
