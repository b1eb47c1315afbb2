import type { Finding } from "../finding.js";
import type { HeardTrack } from "./heard.js";
import { speedWords } from "./speed-words.js";
import { trackLine } from "./track-line.js";

/** Below it there is no sound: what an encoder makes of digital silence. */
const silentDbfs = -80;

/**
 * Judges the tracks of people who are in the room already. That somebody is muted or silent for a moment is nothing
 * wrong as long as anybody else is heard; where nobody is, each of these is why.
 */
export function judgeOthers(tracks: readonly HeardTrack[]): Finding[] {
	const wrongRate = tracks.flatMap((track) => {
		const { marker, publisher } = track;
		if (!marker || marker.ratio === 1) return [];
		const evidence = [trackLine(track)];
		const id = "audio.wrong-rate" as const;
		const judged = { severity: "fault", confidence: "proven" } as const;
		return [{ id, ...judged, evidence, ...speedWords(publisher, marker.ratio) }];
	});
	if (wrongRate.length > 0 || tracks.some(isHeard)) return wrongRate;
	return tracks.map((track) => silent(track, tracks.map(trackLine)));
}

function isHeard({ isMuted, isSubscribed, sound }: HeardTrack): boolean {
	return !isMuted && isSubscribed && sound !== undefined && sound.levelDbfs >= silentDbfs;
}

function silent(track: HeardTrack, evidence: readonly string[]): Finding {
	const { publisher, isMuted, isSubscribed, sound, figures } = track;
	const proven = { severity: "fault", confidence: "proven", evidence } as const;
	if (isMuted) {
		return {
			...{ id: "audio.publisher-muted", ...proven },
			title: `${publisher} is muted, and nobody else is heard`,
			cause: "A muted track is announced and subscribed, and sends nothing.",
			fix: `Unmute ${publisher} (in the application, or by MutePublishedTrack with muted: false).`,
		};
	}
	if (!isSubscribed) {
		return {
			...{ id: "audio.not-subscribed", ...proven },
			title: `the track of ${publisher} is published, and not subscribed`,
			cause:
				"The server sends only subscribed tracks: its publisher does not allow us (track permissions), or the application has unsubscribed.",
			fix: `Let ${publisher} allow its subscribers (setTrackSubscriptionPermissions), and in the application connect with autoSubscribe or call setSubscribed(true).`,
		};
	}
	if (!sound || (figures?.packets ?? 0) === 0) {
		return {
			...{ id: "audio.nothing-sent", ...proven },
			title: `the track of ${publisher} is subscribed and not muted, and ${sound ? "brings no packet" : "not one frame of it is decoded"}`,
			cause:
				"The publisher captures nothing, its media does not reach the server, or the server was told to unsubscribe us (UpdateSubscriptions), which a client is not told.",
			fix: `Run doctor where ${publisher} runs, and look whether its audio source is given frames.`,
		};
	}
	return {
		...{ id: "audio.zero-pcm", severity: "fault", confidence: "likely", evidence },
		title: `${publisher} sends ${figures?.packets ?? 0} packets of digital silence in ${Math.round(sound.durationMs / 100) / 10} s`,
		cause:
			"Packets flow and every sample in them is zero: the audio source is fed with empty buffers, or the wrong device.",
		fix: `Look at what ${publisher} gives its audio source: the device, the permission of the microphone, or a buffer that is never filled.`,
	};
}
