import type { Clock } from "../../clock/clock.js";
import { RunTakenOver } from "../../run/taken-over.js";
import type { CoordinatorLink } from "../link.js";
import { toRedis } from "./fleet-time.js";

/** A process that did not beat for so long stood still, and its lock on the run may be another one's by now. */
const doubtMs = 4_000;

export interface PulsesOf {
	readonly run: string;
	readonly clock: Clock;
	/** Of before the run went on. */
	readonly heard?: Readonly<Record<string, number>> | undefined;
	link(): CoordinatorLink;
	/** Another coordinator has taken the run over. */
	onDeposed(error: RunTakenOver): void;
}

/**
 * Tells the agents each second that somebody leads the run, and up to where their messages are safe: an agent keeps
 * what comes after, for a coordinator that goes on where this one is killed.
 */
export class Pulses {
	readonly #of: PulsesOf;
	readonly #heard: Map<string, number>;
	/** As the last view has it, which is on its way to the disk. */
	#viewed: Readonly<Record<string, number>>;
	/** As the view before that one has it. */
	#safe: Readonly<Record<string, number>>;
	#lastAtMs = 0;
	#beatAtMs = Number.NaN;
	#isInDoubt = false;
	#isBusy = false;

	constructor(of: PulsesOf) {
		this.#of = of;
		this.#heard = new Map(Object.entries(of.heard ?? {}));
		this.#safe = this.heard;
		this.#viewed = this.heard;
	}

	get heard(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#heard);
	}

	/** Whether another one may lead the run by now: Redis has to say first that it does not. */
	get isInDoubt(): boolean {
		return this.#isInDoubt || this.#of.clock.nowMs() - this.#beatAtMs > doubtMs;
	}

	onHeard(agent: string, seq: number): void {
		this.#heard.set(agent, Math.max(seq, this.#heard.get(agent) ?? 0));
	}

	/** To be called right before a view is taken. */
	onView(): void {
		this.#safe = this.#viewed;
		this.#viewed = this.heard;
	}

	/** To be called each second. One that Redis does not take is not sent again: the next one says more. */
	beat(): void {
		this.#isInDoubt = this.isInDoubt;
		this.#beatAtMs = this.#of.clock.nowMs();
		if (this.#isBusy) return;
		this.#isBusy = true;
		void this.#send().finally(() => {
			this.#isBusy = false;
		});
	}

	/** The run is over, and nothing goes on from its folder: agents need keep nothing. */
	async last(): Promise<void> {
		this.#safe = this.heard;
		this.#isBusy = true;
		await this.#send();
	}

	async #send(): Promise<void> {
		const { run, clock, link, onDeposed } = this.#of;
		const beganMs = clock.nowMs();
		const atMs = Math.max(toRedis(link().clock, clock.nowMs()), this.#lastAtMs + 1);
		try {
			await link().pulse({ run, atMs, heard: { ...this.#safe } });
			this.#lastAtMs = atMs;
			// An answer may have waited for as long as this process stood still.
			if (clock.nowMs() - beganMs < doubtMs) this.#isInDoubt = false;
		} catch {
			const leads = await link()
				.lead()
				.catch(() => undefined);
			if (leads !== false) return;
			this.#isInDoubt = true;
			onDeposed(new RunTakenOver(run));
		}
	}
}
