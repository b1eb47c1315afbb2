import { expect, vi } from "vitest";
import type { Summary } from "../../src/verdict/summary.js";
import type { CapturedRtp, CaptureRequest, withCaptures } from "./capture.js";
import type { CliRoom } from "./cli.js";
import { startScenarioIn } from "./cli-in-namespace.js";
import type { ServerInNamespace } from "./livekit-in-namespace.js";
import type { Namespace } from "./network-namespace.js";
import { type EventLine, readEvents, readSummary } from "./result.js";
import { allJoined, plannedEndMs } from "./run-moments.js";

/** RTP is cut off this long before the end, so that the last reading meets a still world. */
const stillMs = 1200;
/** From the last join on the network is harmed this late: every stream has a beginning without holes. */
const settledMs = 500;

export interface WatchedRun {
	readonly summary: Summary;
	readonly events: readonly EventLine[];
	/** What the server's and the client's end of the way saw. */
	readonly atServer: readonly CapturedRtp[];
	readonly atClient: readonly CapturedRtp[];
}

/** A run from one namespace to the server in another, with a capture at both ends; it must end well. */
export async function runWatched(order: {
	readonly cli: CliRoom;
	readonly yaml: string;
	readonly server: ServerInNamespace;
	readonly ends: { readonly server: Namespace; readonly client: Namespace };
	readonly startCapture: ReturnType<typeof withCaptures>;
	/** Called once all have joined and every stream has begun. */
	readonly harm: () => unknown;
	/** No RTP comes through from now on. */
	readonly cut: () => unknown;
}): Promise<WatchedRun> {
	const { cli, yaml, server, ends, startCapture, harm, cut } = order;
	const { ports, url, apiKey, apiSecret } = server;
	const capture = (on: CaptureRequest["on"]) => startCapture({ on, ports });
	const [before, after] = await Promise.all([capture(ends.server), capture(ends.client)]);
	const env = { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret };
	const { out, ended } = await startScenarioIn(ends.client, cli, { yaml, url, env });
	const joined = vi.waitFor(async () => plannedEndMs(await allJoined(out)), {
		...{ timeout: 15_000, interval: 50 },
	});
	const tooSoon = ended.then(({ stderr }) => {
		throw new Error(`the run ended before all had joined:\n${stderr}`);
	});
	const endMs = await Promise.race([joined, tooSoon]);
	tooSoon.catch(() => {});
	const changes = [setTimeout(harm, settledMs), setTimeout(cut, endMs - stillMs - Date.now())];
	const { code, stderr } = await ended;
	for (const timer of changes) clearTimeout(timer);
	const [atServer, atClient] = await Promise.all([before.stop(), after.stop()]);
	expect(code, stderr).toBe(0);
	return { summary: await readSummary(out), events: await readEvents(out), atServer, atClient };
}
