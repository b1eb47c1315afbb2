import { processFigures } from "../sink/process-figures.js";
import type { MemoryReading } from "./memory-reading.js";

/** What there is to be read. */
export interface MemorySources {
	/** Of livekit-server (`prometheus_port`): `http://HOST:6789/metrics`. */
	readonly serverMetricsUrl?: string;
	/** Of the TURN server that was started for the run, as of now. */
	readonly turnPid?: () => number;
}

/** Reads them all, never rejects: a server that is away for a moment has no memory to tell of. */
export async function readMemory(sources: MemorySources): Promise<MemoryReading> {
	const turnPid = sources.turnPid?.();
	const [own, server, turn] = await Promise.all([
		processFigures("self"),
		sources.serverMetricsUrl === undefined ? undefined : scraped(sources.serverMetricsUrl),
		turnPid === undefined ? undefined : processFigures(turnPid),
	]);
	return {
		...(own.residentBytes === undefined ? {} : { testerBytes: own.residentBytes }),
		...(server?.rssBytes === undefined ? {} : { serverBytes: server.rssBytes }),
		...(server?.startedAtSeconds === undefined ? {} : { serverLife: server.startedAtSeconds }),
		...(turn?.residentBytes === undefined ? {} : { turnBytes: turn.residentBytes }),
		...(turnPid === undefined ? {} : { turnLife: turnPid }),
	};
}

async function scraped(url: string) {
	// Loaded only where it is needed: an HTTP client takes longer than a join.
	const { readServerMetrics } = await import("../backend/server-metrics.js");
	return readServerMetrics(url).catch(() => undefined);
}
