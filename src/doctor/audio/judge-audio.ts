import type { Finding } from "../finding.js";
import type { HeardBy } from "./heard.js";
import { judgeMarker } from "./judge-marker.js";
import { judgeOthers } from "./judge-others.js";
import type { TokenGrants } from "./token-grants.js";
import { trackLine } from "./track-line.js";

/** What is known of one participant of the examination, beside what it heard. */
export interface Examined {
	readonly heard: HeardBy;
	readonly grants: TokenGrants;
}

/** What is wrong with the audio, from what was heard. Pure. */
export function judgeAudio(examined: readonly Examined[]): Finding[] {
	const notAllowed = [
		...examined.filter(({ grants }) => !grants.canPublish).map(mayNotPublish),
		...examined.filter(({ grants }) => !grants.canSubscribe).map(mayNotSubscribe),
	];
	const failed = examined.filter(({ heard }) => heard.failure).map(({ heard }) => notIn(heard));
	const listeners = examined.filter(({ heard, grants }) => !heard.failure && grants.canSubscribe);
	const ours = listeners.flatMap(({ heard }) =>
		heard.tracks.filter(({ isOurs }) => isOurs).map((track) => ({ by: heard, track })),
	);
	const others = listeners[0]?.heard.tracks.filter(({ isOurs }) => !isOurs) ?? [];
	const findings = [
		...notAllowed,
		...failed,
		...notThere(examined),
		...ours.flatMap(({ by, track }) => judgeMarker(by.identity, track)),
		...judgeOthers(others),
	];
	return firstOfEachId(findings);
}

/** A publisher of ours that somebody of ours did not even see. */
function notThere(examined: readonly Examined[]): Finding[] {
	const publishers = examined.filter(({ heard }) => heard.publishes && !heard.failure);
	return examined.flatMap(({ heard, grants }) => {
		if (heard.failure || !grants.canSubscribe) return [];
		const missing = publishers.filter(
			({ heard: other }) =>
				other.identity !== heard.identity &&
				!heard.tracks.some(({ publisher }) => publisher === other.identity),
		);
		return missing.map(({ heard: other }): Finding => {
			const evidence = [
				`${other.identity} sent ${other.packetsSent} packets`,
				`${heard.identity} saw ${heard.others} others and no track of theirs`,
			];
			return {
				...{ id: "audio.track-not-announced", severity: "fault", confidence: "likely", evidence },
				title: `${heard.identity} is not told of the track that ${other.identity} publishes`,
				cause:
					"Two participants of one room do not meet: they are in different rooms, or on nodes of a cluster that do not share their Redis.",
				fix: "Compare the rooms of the tokens; on several nodes give all of them the same redis.address.",
			};
		});
	});
}

function mayNotPublish({ heard }: Examined): Finding {
	return {
		...{ id: "audio.publish-refused", severity: "fault", confidence: "proven" },
		title: `${heard.identity} may not publish: its token has canPublish: false, or canPublishSources without microphone`,
		cause: "The server refuses its microphone track, so that nobody hears it.",
		fix: "Make the token with canPublish: true (or without it, which allows it), and with microphone in canPublishSources if that is given.",
		evidence: [`${heard.identity} joined without publishing`],
	};
}

function mayNotSubscribe({ heard }: Examined): Finding {
	const tracks = heard.tracks.map(trackLine);
	return {
		...{ id: "audio.subscribe-refused", severity: "fault", confidence: "proven" },
		title: `${heard.identity} may not subscribe: its token says canSubscribe: false`,
		cause: "The server sends it nobody's tracks, so that it hears nothing.",
		fix: "Make the token with canSubscribe: true (or without canSubscribe, which allows it).",
		evidence: tracks.length === 0 ? [`${heard.identity} was offered no track`] : tracks,
	};
}

function notIn({ identity, failure }: HeardBy): Finding {
	const words = failure?.detail ?? "";
	const isRefused = failure?.cause === "publish-refused";
	return {
		id: isRefused ? "audio.publish-refused" : "audio.join-fails",
		...{ severity: "fault", confidence: "likely" },
		title: isRefused
			? `${identity} may not publish: ${words}`
			: `${identity} does not get in: ${words}`,
		cause: isRefused
			? "The server refuses its microphone track, so that nobody hears it."
			: "Who is not in the room neither hears nor is heard.",
		fix: isRefused
			? "Make the token with canPublish: true, and with microphone in canPublishSources if that is given."
			: "Look at what the check of the connection says.",
		evidence: [`${failure?.stage ?? "join"}: ${words}`],
	};
}

/** Both ways usually have the same fault. */
function firstOfEachId(findings: readonly Finding[]): Finding[] {
	const byId = new Map<string, Finding>();
	for (const finding of findings) {
		const known = byId.get(finding.id);
		const evidence = known && [...new Set([...known.evidence, ...finding.evidence])];
		byId.set(finding.id, known && evidence ? { ...known, evidence } : finding);
	}
	return [...byId.values()];
}
