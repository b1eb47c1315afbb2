import type { Finding } from "../finding.js";
import type { HeardTrack } from "./heard.js";
import { speedWords } from "./speed-words.js";
import { percent, trackLine } from "./track-line.js";

/** Published at −17 dBFS; below this it is hardly heard. */
const quietDbfs = -40;
/** ITU-T G.114: above it a conversation is not acceptable. */
const lateMs = 400;
/** A share of the marker's time, resp. of the decoder's samples, that is heard as gaps. */
const missingShare = 0.25;
const concealedShare = 0.1;
/** Far above what a decoder overshoots by after a gap; a gain that is heard drives more to full scale. */
const clippedShare = 0.005;
/** ITU-T G.107 Annex B: below 3.6 many users are dissatisfied. */
const lowMos = 3.6;

/** Judges a track on which the marker was published, as `listener` heard it: one finding, the worst. */
export function judgeMarker(listener: string, track: HeardTrack): Finding[] {
	const { publisher, marker, sound, figures } = track;
	const evidence = [`heard by ${listener}: ${trackLine(track)}`];
	const way = `${listener} hears ${publisher}`;
	if (!track.isSubscribed || !sound || !marker) return [unheard(listener, track, evidence)];
	if (marker.ratio !== 1) {
		return [
			{
				...{ id: "audio.wrong-rate", severity: "fault", confidence: "proven", evidence },
				...speedWords(publisher, marker.ratio),
			},
		];
	}
	const warning = { severity: "warning", confidence: "proven", evidence } as const;
	if (sound.clippedShare > clippedShare) {
		return [
			{
				...{ id: "audio.clipping", ...warning },
				title: `${way} clipped: ${percent(sound.clippedShare)} of the samples stand at full scale`,
				cause:
					"A gain on the way drives the samples beyond 16 bits, which is heard as harsh distortion.",
				fix: "Take the gain between the decoder and the ear back.",
			},
		];
	}
	if (marker.levelDbfs < quietDbfs) {
		return [
			{
				...{ id: "audio.too-quiet", ...warning },
				title: `${way} at ${Math.round(marker.levelDbfs)} dBFS; published was −17 dBFS`,
				cause: "Something on the way turns it down.",
				fix: "Look for a mixer or gain between the publisher and the listener.",
			},
		];
	}
	const gaps = marker.missingMs / Math.max(1, marker.expectedMs);
	const concealed = figures?.concealedShare ?? 0;
	if (gaps > missingShare || concealed > concealedShare) {
		return [
			{
				...{ id: "audio.gaps", ...warning },
				title: `${way} with gaps: ${marker.missingMs} of ${marker.expectedMs} ms are missing, ${percent(concealed)} made up by the decoder, ${percent(figures?.lossShare ?? 0)} of the packets lost`,
				cause: "Packets are lost or come too late for the jitter buffer.",
				fix: "Look at the loss and jitter of the way (see the evidence of the TURN and connection checks), and at the load of this machine and the server's.",
			},
		];
	}
	if ((marker.delayMs ?? 0) > lateMs) {
		return [
			{
				...{ id: "audio.late", ...warning },
				title: `${way} ${Math.round(marker.delayMs ?? 0)} ms late, from mouth to ear`,
				cause: "Above 400 ms (ITU-T G.114) people talk into each other.",
				fix: "Look at the way that the media takes: a relay far away, TCP in place of UDP, or a jitter buffer that has grown.",
			},
		];
	}
	if ((figures?.mos ?? 5) < lowMos) {
		return [
			{
				...{ id: "audio.poor-quality", ...warning },
				title: `${way} at an estimated MOS of ${(figures?.mos ?? 0).toFixed(1)} (E-model)`,
				cause: "Loss and delay together are heard.",
				fix: "Look at loss and delay in the evidence.",
			},
		];
	}
	return [];
}

function unheard(listener: string, track: HeardTrack, evidence: readonly string[]): Finding {
	const { publisher, sound, figures } = track;
	const isSilent = sound !== undefined && !Number.isFinite(sound.levelDbfs);
	const what = !track.isSubscribed
		? "its track was not subscribed"
		: !sound
			? "not one frame was decoded"
			: isSilent
				? "only digital silence came"
				: "what came is not what was published";
	return {
		...{ id: "audio.not-heard", severity: "fault", confidence: "proven", evidence },
		title: `${listener} does not hear ${publisher}: ${what}`,
		cause:
			(figures?.packets ?? 0) === 0
				? "The track is announced, and no packet of it arrives."
				: "Packets arrive, and what comes out of them is not the sound that went in.",
		fix: "Look at the server's log for this track, and whether something between the two (an SFU plugin, an encryption key) changes the media.",
	};
}
