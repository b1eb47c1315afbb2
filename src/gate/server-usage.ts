import { request } from "undici";

/** What livekit-server says of itself. */
export interface ServerReading {
	/** CPU time since it was started. */
	readonly cpuSeconds: number;
	readonly residentBytes: number;
}

/** What it used over a round. */
export interface ServerUsage {
	readonly cpuSeconds: number;
	/** At the end. */
	readonly residentBytes: number;
}

const answerBoundMs = 2_000;

/** @returns undefined where nobody answers, or without these two metrics: the figure is then not measured */
export async function readServer(metricsUrl: string): Promise<ServerReading | undefined> {
	try {
		const { statusCode, body } = await request(metricsUrl, {
			signal: AbortSignal.timeout(answerBoundMs),
		});
		const text = await body.text();
		return statusCode === 200 ? readingIn(text) : undefined;
	} catch {
		return undefined;
	}
}

/** The two metrics that every Go program with the Prometheus client exports. */
export function readingIn(text: string): ServerReading | undefined {
	const value = (name: string) => {
		const found = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
		return found === undefined ? Number.NaN : Number(found);
	};
	const cpuSeconds = value("process_cpu_seconds_total");
	const residentBytes = value("process_resident_memory_bytes");
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
