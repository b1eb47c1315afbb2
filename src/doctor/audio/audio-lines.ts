import type { HeardBy } from "./heard.js";
import { trackLine } from "./track-line.js";

/** What was heard; the first line is the whole in a few words. */
export function audioLines(heard: readonly HeardBy[]): string[] {
	return [
		headline(heard),
		...heard.flatMap(({ identity, failure, tracks }) => [
			...(failure ? [`${identity} failed at ${failure.stage}: ${failure.detail}`] : []),
			...tracks.map((track) => `${identity} hears ${trackLine(track)}`),
		]),
	];
}

/** "heard both ways, 120 and 134 ms from mouth to ear, MOS 4.3" */
function headline(heard: readonly HeardBy[]): string {
	const ours = heard.flatMap(({ tracks }) =>
		tracks.filter(({ isOurs, marker }) => isOurs && marker?.ratio === 1),
	);
	const others = heard.flatMap(({ tracks }) => tracks.filter(({ isOurs }) => !isOurs));
	if (ours.length === 0)
		return others.length === 0
			? "nobody was heard"
			: `listened to ${new Set(others.map(({ publisher }) => publisher)).size} who are in the room`;
	const delays = ours.map(({ marker }) => Math.round(marker?.delayMs ?? 0)).join(" and ");
	const mos = Math.min(...ours.map(({ figures }) => figures?.mos ?? 4.5)).toFixed(1);
	const ways = ours.length === 2 && heard.length === 2 ? "both ways" : "one way";
	return `heard ${ways}, ${delays} ms from mouth to ear, MOS ${mos}`;
}
