import {
	type AddTrackRequest,
	MuteTrackRequest,
	SessionDescription,
	type SignalRequest,
	type SignalTarget,
	SimulateScenario,
	TrickleRequest,
	UpdateSubscription,
} from "@livekit/protocol";

/**
 * The requests of a participant, as LiveKit's protocol spells them. Without a session there is nobody to send to:
 * while it resumes, what still means the same afterwards is held back, everything else is dropped.
 */
export class SignalRequests {
	readonly #request: (message: SignalRequest["message"]) => void;

	constructor(request: (message: SignalRequest["message"]) => void) {
		this.#request = request;
	}

	/** Announces a track; held back while the session resumes. */
	addTrack(value: AddTrackRequest): void {
		this.#request({ case: "addTrack", value });
	}

	/** The publisher's offer. */
	offer(sdp: string, id: number): void {
		const value = new SessionDescription({ type: "offer", sdp, id });
		this.#request({ case: "offer", value });
	}

	/** @param id the `id` of the offer that this answers */
	answer(sdp: string, id: number): void {
		const value = new SessionDescription({ type: "answer", sdp, id });
		this.#request({ case: "answer", value });
	}

	/** @param candidateInit JSON text of an RTCIceCandidateInit, its candidate without `a=` */
	trickle(target: SignalTarget, candidateInit: string, final = false): void {
		const value = new TrickleRequest({ target, candidateInit, final });
		this.#request({ case: "trickle", value });
	}

	/** Mutes or unmutes our own track; held back while the session resumes. */
	mute(sid: string, muted: boolean): void {
		this.#request({ case: "mute", value: new MuteTrackRequest({ sid, muted }) });
	}

	/** Held back while the session resumes. */
	updateSubscription(trackSids: readonly string[], subscribe: boolean): void {
		const value = new UpdateSubscription({ trackSids: [...trackSids], subscribe });
		this.#request({ case: "subscription", value });
	}

	/** Asks the server to play a fault on us. */
	simulate(scenario: SimulateScenario["scenario"]): void {
		this.#request({ case: "simulate", value: new SimulateScenario({ scenario }) });
	}
}
