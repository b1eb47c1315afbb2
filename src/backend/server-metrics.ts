import { request } from "undici";
import { UserError } from "../error/user-error.js";

/** What livekit-server says of itself at one moment; what it does not tell is absent. */
export interface ServerReading {
	/** CPU time since its start. */
	readonly cpuSeconds: number;
	readonly rssBytes?: number;
	/** How many threads run Go code at a time (GOMAXPROCS): the cores it can use. Go 1.24 and newer tell. */
	readonly cores?: number;
	/** Everybody in all rooms. */
	readonly participants?: number;
	/** Epoch seconds; another one later: it has been restarted. */
	readonly startedAtSeconds?: number;
}

const answerWithinMs = 5_000;

/**
 * Scrapes livekit-server's Prometheus endpoint.
 * @param withinMs how long the answer may take
 * @throws Error when it does not answer, or not as livekit-server does
 */
export async function readServerMetrics(
	url: string,
	withinMs = answerWithinMs,
): Promise<ServerReading> {
	const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(withinMs) });
	const text = await body.text();
	const reading = statusCode === 200 ? serverReading(text) : undefined;
	if (reading === undefined)
		throw new Error(
			statusCode === 200 ? "no process_cpu_seconds_total there" : `HTTP status ${statusCode}`,
		);
	return reading;
}

/** Asked once before the search: a wrong URL should not be noticed after it. @throws UserError */
export async function checkServerMetrics(url: string): Promise<void> {
	const hint = "Give the address of livekit-server's prometheus_port: http://HOST:6789/metrics.";
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
		throw new UserError({ message: "--server-metrics is not an http:// or https:// URL.", hint });
	try {
		await readServerMetrics(url);
	} catch (cause) {
		const words = cause instanceof Error ? cause.message : String(cause);
		const { host } = new URL(url);
		throw new UserError({
			message: `--server-metrics: no metrics at ${host} (${words}).`,
			...{ hint, cause },
		});
	}
}

/** In the Prometheus text format. @returns undefined where the text is no process's metrics */
export function serverReading(text: string): ServerReading | undefined {
	const sums = new Map<string, number>();
	for (const [, name = "", value] of text.matchAll(/^(\w+)(?:\{.*\})? (\S+)/gm))
		sums.set(name, (sums.get(name) ?? 0) + Number(value));
	const cpuSeconds = sums.get("process_cpu_seconds_total");
	if (cpuSeconds === undefined) return undefined;
	const optional = {
		rssBytes: sums.get("process_resident_memory_bytes"),
		cores: sums.get("go_sched_gomaxprocs_threads"),
		participants: sums.get("livekit_participant_total"),
		startedAtSeconds: sums.get("process_start_time_seconds"),
	};
	const told = Object.entries(optional).filter(([, value]) => value !== undefined);
	return { cpuSeconds, ...Object.fromEntries(told) };
}
