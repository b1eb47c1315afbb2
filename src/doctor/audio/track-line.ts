import type { HeardTrack } from "./heard.js";

/** One line of what came of a track. */
export function trackLine(track: HeardTrack): string {
	const { publisher, isMuted, isSubscribed, sound, marker, figures } = track;
	const level =
		sound &&
		(Number.isFinite(sound.levelDbfs) ? `${Math.round(sound.levelDbfs)} dBFS` : "digital silence");
	return [
		`${publisher}: ${isSubscribed ? "subscribed" : "not subscribed"}`,
		...(isMuted ? ["muted"] : []),
		level ?? (isSubscribed ? "nothing was decoded" : ""),
		...(marker?.delayMs === undefined ? [] : [`${Math.round(marker.delayMs)} ms mouth to ear`]),
		...(marker && marker.ratio !== 1 ? [`played at ${marker.ratio.toFixed(3)} of its speed`] : []),
		...(figures
			? [
					`${figures.packets} packets, ${percent(figures.lossShare)} lost, ${percent(figures.concealedShare)} concealed`,
				]
			: []),
		...(figures?.mos === undefined ? [] : [`MOS ${figures.mos.toFixed(1)}`]),
	]
		.filter((part) => part !== "")
		.join(", ");
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}
