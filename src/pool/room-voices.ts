import type { PcmSource } from "../audio/pcm-source.js";
import { talkGate } from "../audio/talk-gate.js";
import type { Plan, Seat } from "../plan/plan.js";
import { publishersPerRoom } from "../plan/seats.js";
import { isSpeaking, speakingWindow } from "../plan/speakers.js";
import type { Expectation } from "../sample/window-from-totals.js";
import type { Scenario } from "../scenario/scenario.js";
import { seatOf } from "./run-names.js";

/** A window reaches back a second; a turn's edge may be this much later at the listener's ear. */
const windowMs = 1000;
const hearingDelayMs = 500;

/** Who is to be heard when: what a publisher sends, and what a listener may expect of it. */
export class RoomVoices {
	readonly #plan: Plan;
	readonly #scenario: Scenario;
	readonly #pcm: PcmSource;
	readonly #planTimeMs: () => number;
	readonly #publishers: number;

	constructor(plan: Plan, scenario: Scenario, pcm: PcmSource, planTimeMs: () => number) {
		this.#plan = plan;
		this.#scenario = scenario;
		this.#pcm = pcm;
		this.#planTimeMs = planTimeMs;
		this.#publishers = publishersPerRoom(scenario);
	}

	/** What the participant on this seat publishes; undefined for a subscriber. */
	pcmFor(seat: Seat): PcmSource | undefined {
		const turns = this.#turnsOf(seat);
		if (!turns) return undefined;
		if (this.#scenario.speakers === "all") return this.#pcm;
		return talkGate(this.#pcm, (atMs) => isSpeaking({ ...turns, atMs: Math.max(0, atMs) }));
	}

	/** Whether the publisher should have been heard all through the last window. */
	expectation(identity: string | undefined): Expectation {
		if (this.#scenario.audio.source === "silence") return "quiet";
		if (this.#scenario.speakers === "all") return "audible";
		const seat = this.#plan.seats[seatOf(identity ?? "") ?? -1];
		const turns = seat && this.#turnsOf(seat);
		if (!turns) return "mixed";
		const toMs = this.#planTimeMs();
		const fromMs = Math.max(0, toMs - windowMs - hearingDelayMs);
		const window = speakingWindow({ ...turns, fromMs, toMs });
		return window === "speaking" ? "audible" : window;
	}

	#turnsOf(seat: Seat) {
		if (seat.publisherIndex === undefined) return undefined;
		const { seed } = this.#scenario;
		const { room, publisherIndex } = seat;
		return { seed, room, publisherIndex, publishers: this.#publishers };
	}
}
