import type { FaultPeople, Victim } from "../fault/fault-hands.js";
import type { FaultWatch } from "../fault/fault-watch.js";
import type { Post } from "./post.js";

/** The participants of all workers, as faults reach them. */
export class PoolPeople implements FaultPeople {
	readonly #posts: readonly Post[];

	constructor(posts: readonly Post[]) {
		this.#posts = posts;
	}

	/** Seats whose participant is in the room, in rising order. */
	get joinedSeats(): number[] {
		return this.#posts.flatMap(({ account }) => account.joinedSeats).sort((a, b) => a - b);
	}

	/** Tells each worker of those seats that it lives. */
	beginFault(watch: FaultWatch): void {
		const wanted = new Set(watch.seats);
		for (const { handle, seats } of this.#posts) {
			const own = seats.filter((seat) => wanted.has(seat));
			if (own.length > 0) handle.send({ kind: "fault-began", watch: { ...watch, seats: own } });
		}
	}

	/** @param fromMs recovery is counted from here (epoch milliseconds) */
	endFault(fault: number, fromMs: number): void {
		for (const { handle } of this.#posts) handle.send({ kind: "fault-ended", fault, fromMs });
	}

	/** A fault of the scenario kills this worker, by its number; nothing where it is gone or has finished. */
	killWorker(worker: number): void {
		const post = this.#posts[worker];
		if (!post || post.finished) return;
		post.isKilledByPlan = true;
		post.handle.kill();
	}

	/**
	 * A worker to kill as a fault: its participants are lost, and a fresh worker takes over.
	 * @param wish any whole number: chooses among the workers that have participants in a room
	 * @returns undefined where nobody is in a room
	 */
	victim(wish: number): Victim | undefined {
		const busy = this.#posts.filter(({ account, finished }) => !finished && account.alive > 0);
		const post = busy[wish % Math.max(1, busy.length)];
		if (!post) return undefined;
		const { handle } = post;
		return {
			pid: handle.pid,
			seats: post.account.joinedSeats,
			kill: () => {
				post.isKilledByPlan = post.handle === handle;
				handle.kill();
			},
		};
	}
}
