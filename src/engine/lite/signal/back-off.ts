/**
 * Pauses before the attempts of one reconnect, as LiveKit's SDKs take them (client-sdk-js,
 * DefaultReconnectPolicy.ts): at once, then growing by squares, then every 7 s, ten in all.
 */
const pausesMs = [0, 300, 1200, 2700, 4800, 7000, 7000, 7000, 7000, 7000] as const;

/** From the third attempt on the SDKs add up to this much at random, so that a whole room does not knock at once. */
const spreadMs = 1000;

/**
 * How long to wait before an attempt.
 * @param attempt from 0
 * @param spread this participant's share of the spread, 0 to 1
 * @returns undefined when it has been tried often enough
 */
export function pauseBefore(attempt: number, spread: number): number | undefined {
	const pauseMs = pausesMs[attempt];
	if (pauseMs === undefined) return undefined;
	return attempt <= 1 ? pauseMs : pauseMs + spread * spreadMs;
}
