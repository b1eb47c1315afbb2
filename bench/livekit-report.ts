/** Totals of LiveKit's load tester. */
export interface LiveKitReport {
	readonly tracks: number;
	readonly packets: number;
	readonly lost: number;
	/** Participants with an error. */
	readonly errors: number;
}

/**
 * Reads what `livekit-cli load-test` (1.x) and `lk perf load-test` (2.x) print at the end: a row a track with
 * its packets, and a row of totals. It has no form for programs.
 *
 * @returns undefined where there is no such report, or where its parts contradict each other
 */
export function readLiveKitReport(stdout: string): LiveKitReport | undefined {
	let [tracks, packets] = [0, 0];
	let totals: { tracks: number; lost: number; errors: number } | undefined;
	for (const line of stdout.split("\n")) {
		const cells = line.split(/[|│]/).map((cell) => cell.trim());
		const kind = cells.indexOf("audio");
		const count = cells[kind + 1];
		if (kind >= 0 && count !== undefined && /^\d+$/.test(count)) {
			tracks++;
			packets += Number(count);
		}
		totals = totalsIn(cells) ?? totals;
	}
	if (!totals || totals.tracks !== tracks) return undefined;
	return { tracks, packets, lost: totals.lost, errors: totals.errors };
}

/** `Total | 300/300 | 9.4mbps (156.1kbps avg) | 0 (0%) | 0` */
function totalsIn(cells: readonly string[]) {
	const at = cells.indexOf("Total");
	const [tracks, , lost, errors] = cells.slice(at + 1);
	const subscribed = /^(\d+)\/\d+$/.exec(tracks ?? "")?.[1];
	if (at < 0 || subscribed === undefined) return undefined;
	return {
		tracks: Number(subscribed),
		lost: Number.parseInt(lost ?? "", 10) || 0,
		errors: Number.parseInt(errors ?? "", 10) || 0,
	};
}
