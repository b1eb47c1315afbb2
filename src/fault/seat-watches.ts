import type { Clock } from "../clock/clock.js";
import type { Ticker } from "../clock/ticker.js";
import type { Presence, PresenceListener } from "../participant/presence.js";
import type { Life } from "../plan/plan.js";
import type { Recovery } from "../sample/recovery.js";
import type { FaultWatch } from "./fault-watch.js";
import type { MediaSign } from "./media-sign.js";
import { PulsePoll } from "./pulse-poll.js";
import { SeatWatch } from "./seat-watch.js";

/** How finely a participant is watched whose single packets cannot be seen, and when a watch looks up. */
const lookEveryMs = 100;
/** A gap must be this much longer to be seen by looking every so often. */
const polledFactor = 2.5;

export interface SeatWatchesOptions {
	readonly clock: Clock;
	readonly ticker: Ticker;
	/** As long a gap between packets is an interruption. */
	readonly interruptionMs: number;
	/** By what it is seen that the media of a seat flows. */
	signOf(seat: number): MediaSign;
	/** Whether the plan has somebody on the seat at this moment (epoch milliseconds). */
	isDue(seat: number, atMs: number): boolean;
	/** `gone`: it left as planned, and says nothing about the fault. Once for each seat and fault. */
	report(fault: number, seat: number, outcome: Recovery | "gone"): void;
}

interface Open {
	readonly watch: FaultWatch;
	fromMs: number | undefined;
	readonly seats: Map<number, SeatWatch>;
}

interface Sitter {
	readonly presence: Presence;
	readonly poll: PulsePoll;
	stopArrivals: (() => void) | undefined;
}

/** What the faults of a run do to the participants of one worker, and how these come through. */
export class SeatWatches implements PresenceListener {
	readonly #options: SeatWatchesOptions;
	readonly #sitters = new Map<number, Sitter>();
	readonly #open = new Map<number, Open>();
	/** Lives that a fault ends, and when another takes the seat (epoch milliseconds): undefined is at once. */
	readonly #successors = new Map<Life, number | undefined>();
	#stopTicking: (() => void) | undefined;

	constructor(options: SeatWatchesOptions) {
		this.#options = options;
	}

	/** Watches the seats through the fault, and does to their participants what it is. */
	begin(watch: FaultWatch): void {
		const seats = new Map<number, SeatWatch>();
		this.#open.set(watch.number, { watch, fromMs: watch.fromMs, seats });
		for (const seat of watch.seats) {
			const sitter = this.#sitters.get(seat);
			seats.set(seat, new SeatWatch(watch.beganAtMs, this.#interruptionMs(seat, sitter)));
			if (!sitter) continue;
			this.#listen(seat, sitter);
			this.#strike(sitter.presence, watch);
		}
		this.#stopTicking ??= this.#options.ticker.add((nowMs) => this.#tick(nowMs), lookEveryMs);
	}

	/** The fault itself is over. @param fromMs recovery is counted from here (epoch milliseconds) */
	end(fault: number, fromMs: number): void {
		const open = this.#open.get(fault);
		if (open) open.fromMs = fromMs;
	}

	onPresent(presence: Presence): void {
		const { index } = presence.life.seat;
		const sitter = { presence, poll: new PulsePoll(presence), stopArrivals: undefined };
		this.#sitters.set(index, sitter);
		if (this.#isWatched(index)) this.#listen(index, sitter);
	}

	onAbsent(life: Life, how: "left" | "lost"): void {
		const { index } = life.seat;
		const sitter = this.#sitters.get(index);
		// The seat may have its next participant already.
		if (sitter?.presence.life !== life) return;
		sitter.stopArrivals?.();
		this.#sitters.delete(index);
		if (this.#successors.has(life)) return;
		const nowMs = this.#options.clock.nowMs();
		for (const open of this.#open.values()) {
			const watch = open.seats.get(index);
			if (watch) this.#report(open, index, how === "lost" ? watch.giveUp(nowMs) : "gone");
		}
	}

	/** When another life takes over from one that a fault has ended (epoch milliseconds). Asked once, after its end. */
	successorOf(life: Life): number | undefined {
		if (!this.#successors.has(life)) return undefined;
		const atMs = this.#successors.get(life) ?? this.#options.clock.nowMs();
		this.#successors.delete(life);
		return atMs;
	}

	#strike(presence: Presence, { blow, beganAtMs }: FaultWatch): void {
		const { life, participant } = presence;
		if (blow === undefined) return;
		if (typeof blow === "object") {
			this.#successors.set(life, beganAtMs + blow.herd.awayMs);
			presence.dismiss();
			return;
		}
		// Whom the server sends out for good an application would let join again.
		if (blow === "server-leave") this.#successors.set(life, undefined);
		// A connection that is gone at this very moment needs no blow any more.
		participant.strike(blow).catch(() => {});
	}

	#listen(seat: number, sitter: Sitter): void {
		if (sitter.stopArrivals || this.#options.signOf(seat) !== "heard") return;
		const onArrival = (atMs: number) => this.#beat(seat, atMs);
		sitter.stopArrivals = sitter.presence.participant.watchArrivals?.(onArrival);
	}

	#beat(seat: number, atMs: number): void {
		for (const { seats } of this.#open.values()) seats.get(seat)?.beat(atMs);
	}

	#tick(nowMs: number): void {
		for (const [seat, sitter] of this.#sitters) {
			if (sitter.stopArrivals || !this.#isWatched(seat)) continue;
			sitter.poll.look(this.#options.signOf(seat), nowMs, (atMs) => this.#beat(seat, atMs));
		}
		for (const open of [...this.#open.values()]) this.#look(open, nowMs);
	}

	#look(open: Open, nowMs: number): void {
		const { watch, fromMs, seats } = open;
		const isOverdue = fromMs !== undefined && nowMs > fromMs + watch.withinMs;
		for (const [seat, seatWatch] of [...seats]) {
			const presence = this.#sitters.get(seat)?.presence;
			const isConnected = presence !== undefined && !presence.isReconnecting();
			const outcome = seatWatch.look(nowMs, { isConnected }, fromMs);
			if (outcome) this.#report(open, seat, outcome);
			else if (isOverdue) {
				const isDue = presence !== undefined || this.#options.isDue(seat, nowMs);
				this.#report(open, seat, isDue ? seatWatch.giveUp(nowMs) : "gone");
			}
		}
	}

	#report({ watch, seats }: Open, seat: number, outcome: Recovery | "gone"): void {
		seats.delete(seat);
		this.#options.report(watch.number, seat, outcome);
		if (seats.size === 0) this.#open.delete(watch.number);
		if (!this.#isWatched(seat)) {
			const sitter = this.#sitters.get(seat);
			sitter?.stopArrivals?.();
			if (sitter) sitter.stopArrivals = undefined;
		}
		if (this.#open.size > 0) return;
		this.#stopTicking?.();
		this.#stopTicking = undefined;
	}

	#isWatched(seat: number): boolean {
		return [...this.#open.values()].some(({ seats }) => seats.has(seat));
	}

	#interruptionMs(seat: number, sitter: Sitter | undefined): number {
		const { interruptionMs, signOf } = this.#options;
		const isPolled =
			signOf(seat) !== "heard" || (sitter && !sitter.presence.participant.watchArrivals);
		return isPolled ? interruptionMs * polledFactor : interruptionMs;
	}
}
