import type { Clock } from "../../clock/clock.js";
import { RunTakenOver } from "../../run/taken-over.js";
import type { CoordinatorLink } from "../link.js";
import { toRedis } from "./fleet-time.js";

/** The lock on the run ends 5 s after Redis renewed it, which was not before it was asked to. The rest is for the disk. */
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
	/** When Redis was asked the last time that it said that this one leads. */
	#ledAtMs = Number.NaN;
	#isDeposed = false;
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

	/** Another one may lead the run by now: this one stood still, or is cut off, until Redis says that it leads. */
	get isInDoubt(): boolean {
		return this.#isDeposed || this.unheardMs > doubtMs;
	}

	/** Since Redis was asked the last time that it said that this one leads; NaN before the first beat. */
	get unheardMs(): number {
		return this.#of.clock.nowMs() - this.#ledAtMs;
	}

	onHeard(agent: string, seq: number): void {
		this.#heard.set(agent, Math.max(seq, this.#heard.get(agent) ?? 0));
	}

	/** To be called right before a view is taken. */
	onView(): void {
		this.#safe = this.#viewed;
		this.#viewed = this.heard;
	}

	/**
	 * To be called each second, from when it leads on. One that Redis does not take is not sent again: the next one says
	 * more.
	 */
	beat(): void {
		if (Number.isNaN(this.#ledAtMs)) this.#ledAtMs = this.#of.clock.nowMs();
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
		let askedAtMs = clock.nowMs();
		const atMs = Math.max(toRedis(link().clock, askedAtMs), this.#lastAtMs + 1);
		try {
			await link().pulse({ run, atMs, heard: { ...this.#safe } });
			this.#lastAtMs = atMs;
		} catch {
			askedAtMs = clock.nowMs();
			const leads = await link()
				.lead()
				.catch(() => undefined);
			if (leads === undefined) return;
			if (!leads) {
				this.#isDeposed = true;
				onDeposed(new RunTakenOver(run));
				return;
			}
		}
		// The answer may have waited for as long as this process stood still: what it says is of when it was asked.
		this.#ledAtMs = Math.max(this.#ledAtMs, askedAtMs);
	}
}
