import { SignalRequest, SignalResponse } from "@livekit/protocol";
import { SignalFilter } from "../../engine/native/signal-filter.js";
import { type Candidate, parseCandidate } from "../../ice/candidate.js";
import { mapSdpCandidates } from "../../ice/sdp-candidates.js";
import type { SeenCandidate } from "./seen-candidate.js";

const noNews = { onWelcome() {}, onGathered() {}, onTracks() {}, onLeave() {} };

/**
 * Notes which candidates the two ends tell each other, as the signalling passes; nothing in it is changed.
 * libwebrtc itself tells of them only once it is connected, which is when nobody asks.
 */
export class CandidateWatch extends SignalFilter {
	readonly local: SeenCandidate[] = [];
	readonly remote: SeenCandidate[] = [];
	readonly #sinceBeginMs: () => number;

	constructor(sinceBeginMs: () => number) {
		super("direct", noNews);
		this.#sinceBeginMs = sinceBeginMs;
	}

	override fromClient(data: Buffer): Uint8Array | undefined {
		this.#note(this.local, () => SignalRequest.fromBinary(data).message);
		return super.fromClient(data);
	}

	override fromServer(data: Buffer): Uint8Array | undefined {
		this.#note(this.remote, () => SignalResponse.fromBinary(data).message);
		return super.fromServer(data);
	}

	/** What cannot be read is for the ends to judge. */
	#note(seen: SeenCandidate[], read: () => SignalRequest["message"] | SignalResponse["message"]) {
		try {
			for (const candidate of candidatesIn(read())) this.#add(seen, candidate);
		} catch {}
	}

	/** Both peer connections may tell the same one. */
	#add(seen: SeenCandidate[], { type, transport, address, port }: Candidate): void {
		const isKnown = seen.some(
			(other) =>
				other.address === address &&
				other.port === port &&
				other.transport === transport &&
				other.type === type,
		);
		if (!isKnown) seen.push({ type, transport, address, port, atMs: this.#sinceBeginMs() });
	}
}

function candidatesIn(
	message: SignalRequest["message"] | SignalResponse["message"],
): readonly Candidate[] {
	switch (message.case) {
		case "offer":
		case "answer":
			return candidatesOf(message.value.sdp);
		case "trickle": {
			const init = JSON.parse(message.value.candidateInit) as { candidate?: string };
			const candidate = parseCandidate(init.candidate ?? "");
			return candidate ? [candidate] : [];
		}
		default:
			return [];
	}
}

function candidatesOf(sdp: string): Candidate[] {
	const found: Candidate[] = [];
	mapSdpCandidates(sdp, (candidate, line) => {
		found.push(candidate);
		return line;
	});
	return found;
}
