import type { Offer } from "../offer.js";
import { shortened } from "./agent-event.js";
import type { AgentEnd, AgentOptions } from "./agent-options.js";
import type { Membership } from "./membership.js";
import { Offering } from "./offering.js";
import { Orders } from "./orders.js";
import { Outboxes } from "./outboxes.js";

const tickMs = 1_000;
/** After a pause of this length this process stood still: what workers said meanwhile is not read yet. */
const stoodStillMs = 5_000;
/** Once all participants are gone, what is told last must be with Redis within this time. */
const lastWordsWithinMs = 10_000;
/** Answers that somebody waits for are sent this soon, several together. */
const hurryMs = 50;

/**
 * Offers this machine to runs and lives the shards it is given, for one run at a time. Without a sign of life from
 * the coordinator it ends by itself.
 */
export class Agent {
	readonly #options: AgentOptions;
	readonly #outboxes: Outboxes;
	readonly #offering: Offering;
	readonly #orders: Orders;
	readonly #ended = new AbortController();
	#end: AgentEnd | undefined;
	#isStopping = false;
	/** What a stop comes to. */
	#stopEnd: "stopped" | "left-run" = "stopped";
	#wake = new AbortController();
	#isHurrying = false;
	#lastTickMs = Number.NaN;
	#isReadingPulse = false;

	constructor(options: AgentOptions) {
		this.#options = options;
		const { link, clock, say } = options;
		this.#outboxes = new Outboxes(link, clock);
		this.#offering = new Offering(link, () => this.#offer(), say);
		this.#orders = new Orders(options, this.#outboxes, {
			onReserved: () => void this.#offering.renew(),
			onHurry: () => this.#hurryUp(),
			onChange: () => this.#wakeUp(),
		});
	}

	/**
	 * Offers the machine until it is told to stop, or, with `once`, has lived one run.
	 * @param stop gently: participants leave, the last report is sent
	 * @param kill at once
	 * @throws Error when Redis does not take the first offer
	 */
	async run(stop: AbortSignal, kill: AbortSignal): Promise<AgentEnd> {
		const { link, clock, say } = this.#options;
		link.onOrder(
			(order) => this.#orders.on(order),
			(problem) => say(`an order was refused: ${shortened(problem)}`),
		);
		await this.#offering.begin();
		this.#options.onOffered?.();
		const onStop = () => this.#stop();
		const onKill = () => this.#kill();
		stop.addEventListener("abort", onStop, { once: true });
		kill.addEventListener("abort", onKill, { once: true });
		if (stop.aborted) onStop();
		if (kill.aborted) onKill();
		try {
			while (this.#end === undefined) {
				this.#tick();
				if (this.#end === undefined)
					await clock.sleepUntil(clock.nowMs() + tickMs, this.#wake.signal);
			}
			return this.#end;
		} finally {
			stop.removeEventListener("abort", onStop);
			kill.removeEventListener("abort", onKill);
			this.#ended.abort();
			await this.#offering.end();
		}
	}

	#tick(): void {
		const nowMs = this.#options.clock.nowMs();
		const stoodStill = nowMs - this.#lastTickMs > stoodStillMs;
		this.#lastTickMs = nowMs;
		const membership = this.#orders.membership;
		if (membership) {
			this.#watchLease(membership);
			for (const shard of membership.shards.values()) {
				if (!stoodStill) shard.watch();
				if (membership.ending === undefined) shard.renewLease();
				shard.report();
			}
			void this.#readPulse(membership);
		}
		void this.#offering.renew();
		this.#outboxes.pump();
		if (membership) this.#leaveIfOver(membership);
		else if (this.#isStopping) this.#finish(this.#stopEnd);
	}

	#watchLease(membership: Membership): void {
		const { run, leaseMs, ending } = membership;
		if (!membership.isLeaseOver || ending !== undefined) return;
		this.#options.say(
			`run ${run}: no sign of its coordinator for ${leaseMs / 1_000} s; everybody leaves`,
		);
		membership.end("lease-over");
	}

	/** Free again. */
	#leaveIfOver(membership: Membership): void {
		if (this.#orders.membership !== membership || !membership.isOver) return;
		const { ending, outbox, run, shards, isForgotten } = membership;
		if (ending === "released" || isForgotten) outbox.drop();
		this.#orders.leave();
		this.#options.say(
			ending === "released" || isForgotten ? `run ${run} is over` : `run ${run}: all is reported`,
		);
		if (this.#isStopping) this.#finish(this.#stopEnd);
		else if (this.#options.once && shards.size > 0)
			this.#finish(ending === "released" ? "done" : "lost");
		else void this.#offering.renew();
	}

	#stop(): void {
		this.#isStopping = true;
		this.#orders.close();
		void this.#offering.end();
		const membership = this.#orders.membership;
		if (membership) {
			if (membership.ending === undefined) this.#stopEnd = "left-run";
			membership.end("stopped");
			const { clock } = this.#options;
			const everybody = [...membership.shards.values()].map(({ over }) => over);
			void Promise.all(everybody)
				.then(() => clock.sleepUntil(clock.nowMs() + lastWordsWithinMs, this.#ended.signal))
				.then(() => this.#finish(this.#stopEnd));
		}
		this.#wakeUp();
	}

	#kill(): void {
		for (const shard of this.#orders.membership?.shards.values() ?? []) shard.kill();
		this.#finish(this.#orders.membership ? "left-run" : "stopped");
	}

	async #readPulse(membership: Membership): Promise<void> {
		if (this.#isReadingPulse) return;
		this.#isReadingPulse = true;
		try {
			const pulse = await this.#options.link.pulseOf(membership.run);
			membership.onPulse(pulse, this.#options.facts.agent);
			await membership.outbox.pump();
			this.#leaveIfOver(membership);
		} catch {
			// Redis is away: the lease runs on.
		} finally {
			this.#isReadingPulse = false;
		}
	}

	#offer(): Offer {
		const { facts, link, clock } = this.#options;
		const { offsetMs, errorMs } = link.clock;
		const run = this.#orders.membership?.run;
		return {
			...facts,
			...(run === undefined ? {} : { run }),
			...{ clockOffsetMs: offsetMs, clockErrorMs: errorMs, atMs: clock.nowMs() + offsetMs },
		};
	}

	/** Tells in a moment what would else wait for the next second. */
	#hurryUp(): void {
		if (this.#isHurrying) return;
		this.#isHurrying = true;
		const { clock } = this.#options;
		void clock.sleepUntil(clock.nowMs() + hurryMs, this.#ended.signal).then(() => {
			this.#isHurrying = false;
			for (const shard of this.#orders.membership?.shards.values() ?? []) shard.reportIfWanted();
			this.#outboxes.pump();
		});
	}

	#wakeUp(): void {
		this.#wake.abort();
		this.#wake = new AbortController();
	}

	#finish(end: AgentEnd): void {
		this.#end ??= end;
		this.#wakeUp();
	}
}
