import type { Clock } from "../../clock/clock.js";
import type { Stage } from "../../sample/stage.js";
import { firstArrivals, readOutbound, type SessionStats } from "./rtc-stats.js";

const pollEveryMs = 200;
const packetMs = 20;

/**
 * Finds when the first own RTP packet left and the first remote one came. libwebrtc keeps only counts and the
 * last arrival, so the first is reckoned back by 20 ms a packet: exact but for network jitter without DTX
 * (arrival), to 20 ms (departure). Under DTX the reckoning is too early by the pauses, so it never goes back
 * beyond the poll before.
 */
export async function watchFirstPackets(watch: {
	stats: () => Promise<SessionStats | undefined>;
	wantsSent: boolean;
	wantsReceived: boolean;
	clock: Clock;
	signal: AbortSignal;
	onStage: (stage: Stage, atMs: number) => void;
}): Promise<void> {
	const { clock, signal } = watch;
	let { wantsSent, wantsReceived } = watch;
	let previousPollMs = clock.nowMs();
	while ((wantsSent || wantsReceived) && !signal.aborted) {
		await clock.sleepUntil(clock.nowMs() + pollEveryMs, signal);
		const stats = signal.aborted ? undefined : await watch.stats();
		if (signal.aborted) return;
		// Nothing to read just now (a reconnect): the bound stays at the last reading there was.
		if (!stats) continue;
		const nowMs = clock.nowMs();
		const { packetsSent } = readOutbound(stats);
		if (wantsSent && packetsSent > 0) {
			wantsSent = false;
			watch.onStage("published", Math.max(previousPollMs, nowMs - packetsSent * packetMs));
		}
		const arrivals = firstArrivals(stats);
		if (wantsReceived && arrivals.length > 0) {
			wantsReceived = false;
			const firsts = arrivals.map(({ lastAtMs, packets }) => lastAtMs - (packets - 1) * packetMs);
			watch.onStage("media", Math.min(nowMs, Math.max(previousPollMs, Math.min(...firsts))));
		}
		previousPollMs = nowMs;
	}
}
