import type { FaultPeople, Victim } from "../../fault/fault-hands.js";
import type { FaultWatch } from "../../fault/fault-watch.js";
import type { Plan } from "../../plan/plan.js";
import { shardSeats } from "../../plan/shard.js";
import type { FleetClock } from "../link.js";
import { toRedis } from "./fleet-time.js";
import type { ShardPost } from "./shard-post.js";

export interface FleetPeopleOf {
	readonly run: string;
	readonly plan: Pick<Plan, "seats">;
	posts(): readonly ShardPost[];
	clock(): FleetClock;
}

/** The participants of all agents, as faults reach them. */
export class FleetPeople implements FaultPeople {
	readonly #of: FleetPeopleOf;

	constructor(of: FleetPeopleOf) {
		this.#of = of;
	}

	/** Seats whose participant is in the room, in rising order. */
	get joinedSeats(): number[] {
		return this.#living.flatMap(({ account }) => account.joinedSeats).sort((a, b) => a - b);
	}

	/** Tells each agent of those seats that it lives. */
	beginFault(watch: FaultWatch): void {
		const { run, clock } = this.#of;
		const wanted = new Set(watch.seats);
		for (const { shard, seats, member } of this.#living) {
			const own = seats.filter((seat) => wanted.has(seat));
			if (own.length === 0) continue;
			member.outbox.post({
				...{ kind: "fault-began", run, shard },
				watch: {
					...watch,
					beganAtMs: toRedis(clock(), watch.beganAtMs),
					...(watch.fromMs === undefined ? {} : { fromMs: toRedis(clock(), watch.fromMs) }),
					seats: own,
				},
			});
		}
	}

	/** @param fromMs recovery is counted from here (epoch milliseconds) */
	endFault(fault: number, fromMs: number): void {
		const { run, clock } = this.#of;
		for (const { shard, member } of this.#living) {
			const order = { kind: "fault-ended", run, shard, fault } as const;
			member.outbox.post({ ...order, fromMs: toRedis(clock(), fromMs) });
		}
	}

	/**
	 * A worker process of some agent, to kill as a fault: its participants are lost, and a fresh worker takes over.
	 * @param wish any whole number: chooses among the workers that have participants in a room
	 * @returns undefined where nobody is in a room
	 */
	victim(wish: number): Victim | undefined {
		const busy = this.#living.flatMap((post) => {
			const joined = new Set(post.account.joinedSeats);
			return this.#workerSeats(post).flatMap((own, worker) => {
				const seats = own.filter((seat) => joined.has(seat));
				return seats.length === 0 ? [] : [{ post, worker, seats }];
			});
		});
		const one = busy[wish % Math.max(1, busy.length)];
		if (!one) return undefined;
		const { post, worker, seats } = one;
		const { run } = this.#of;
		return {
			pid: post.workers.find((view) => view.worker === worker)?.pid ?? 0,
			seats,
			kill: () => {
				post.member.outbox.post({ kind: "kill-worker", run, shard: post.shard, worker });
			},
		};
	}

	get #living(): ShardPost[] {
		return this.#of.posts().filter(({ isOver, isStarted }) => isStarted && !isOver);
	}

	/** An agent deals the seats of a shard to its workers as one machine does: what each lives is known here. */
	#workerSeats({ seats, workerCount }: ShardPost): number[][] {
		if (workerCount < 1) return [];
		const own = seats.flatMap((index) => this.#of.plan.seats[index] ?? []);
		return shardSeats({ seats: own }, workerCount).map((dealt) => dealt.map(({ index }) => index));
	}
}
