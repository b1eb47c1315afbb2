import { engineNames } from "../../engine/engine-name.js";
import type { Seat } from "../../plan/plan.js";
import { shardSeats } from "../../plan/shard.js";
import type { CoordinatorLink } from "../link.js";
import { countSeats, roomBeside, shareOf, sumOf } from "./deal.js";
import type { FleetOrder } from "./fleet-order.js";
import { livesAfter } from "./lives-after.js";
import type { Member } from "./member.js";
import { musterLate } from "./muster.js";
import type { Roster } from "./roster.js";
import type { ShardPost } from "./shard-post.js";
import type { Shards } from "./shards.js";

/** Another agent takes the plan up a moment later, when its workers are ready. */
const takeOverDelayMs = 3_000;

export interface ReplacementsOf {
	readonly roster: Roster;
	readonly shards: Shards;
	link(): CoordinatorLink;
	nowInPlan(): number;
	startAtMs(): number;
	onReplaced(seats: readonly number[]): void;
	/** This agent cannot take its part: it is lost as well. */
	onUnfit(member: Member, reason: string): void;
	/** There is nobody left, and nobody came. */
	onGivenUp(error: Error): void;
	/** Nothing waits for another agent any more. */
	onSettled(): void;
}

interface Orphan {
	readonly seats: readonly number[];
	/** Whose they were. */
	readonly lost: string;
}

/** Finds others for the seats of lost agents: those with room, or one that comes late. */
export class Replacements {
	readonly #order: FleetOrder;
	readonly #of: ReplacementsOf;
	#orphans: Orphan[] = [];
	#isPlacing = false;
	#isShortTold = false;
	#nobodySinceMs: number | undefined;

	constructor(order: FleetOrder, of: ReplacementsOf) {
		this.#order = order;
		this.#of = of;
	}

	get isBusy(): boolean {
		return this.#orphans.length > 0 || this.#isPlacing;
	}

	need(seats: readonly number[], lost: string): void {
		this.#orphans.push({ seats, lost });
		this.#isShortTold = false;
	}

	/** To be called each second. */
	async beat(): Promise<void> {
		const [orphan] = this.#orphans;
		if (!orphan || this.#isPlacing) return;
		this.#isPlacing = true;
		let isDone = false;
		try {
			isDone = await this.#place(orphan);
			if (isDone) this.#orphans = this.#orphans.filter((one) => one !== orphan);
		} finally {
			this.#isPlacing = false;
		}
		if (isDone && !this.isBusy) this.#of.onSettled();
	}

	/** @returns false where nobody has room: it is tried again */
	async #place({ seats: all, lost }: Orphan): Promise<boolean> {
		const { plan } = this.#order;
		const fromMs = this.#of.nowInPlan() + takeOverDelayMs;
		const due = all.filter((seat) => livesAfter(plan, [seat], fromMs));
		const seats = due.flatMap((index) => plan.seats[index] ?? []);
		if (seats.length === 0) return true;
		const members = this.#of.roster.living;
		const rooms = members.map((member) => roomBeside(member.offer.capacity, this.#held(member)));
		if (members.length === 0 || shareOf(sumOf(rooms), seats) > 1) {
			await this.#seek(seats, rooms);
			return false;
		}
		const posts = shardSeats({ seats }, rooms).flatMap((dealt, i) => {
			const member = members[i];
			if (!member || dealt.length === 0) return [];
			const own = dealt.map(({ index }) => index);
			return [this.#of.shards.give(member, own, fromMs)];
		});
		await Promise.all(posts.map((post) => this.#takeOver(post, lost)));
		return true;
	}

	async #takeOver(post: ShardPost, lost: string): Promise<void> {
		const { shards, onReplaced, onUnfit, startAtMs } = this.#of;
		const { clock, listener } = this.#order;
		const { member, seats, fromMs } = post;
		try {
			await shards.whenReady(post);
			await shards.feedFirst(post);
		} catch (error) {
			onUnfit(member, error instanceof Error ? error.message : String(error));
			return;
		}
		shards.start(post, startAtMs());
		member.lastHeardMs = clock.nowMs();
		listener.onEvent({
			...{ kind: "agent-replaced", atMs: clock.nowMs(), agent: member.name },
			...{ lost, seats: seats.length, fromMs },
		});
		onReplaced(seats);
	}

	/** One that came late, or waits for one. */
	async #seek(seats: readonly Seat[], rooms: Parameters<typeof sumOf>[0]): Promise<void> {
		const { clock, listener, waitMs } = this.#order;
		const { roster, link, onGivenUp } = this.#of;
		const member = await musterLate(this.#order, link(), roster);
		const atMs = clock.nowMs();
		if (member) {
			this.#nobodySinceMs = undefined;
			const { cores } = member.offer;
			const joined = { kind: "agent-joined", atMs, agent: member.name, cores, seats: 0 } as const;
			listener.onEvent({ ...joined, isLate: true });
			return;
		}
		if (!this.#isShortTold) {
			this.#isShortTold = true;
			const needed = countSeats(seats);
			const offered = sumOf(rooms);
			for (const engine of engineNames)
				if (needed[engine] > 0)
					listener.onEvent({
						...{ kind: "capacity-short", atMs, engine },
						...{ needed: needed[engine], offered: offered[engine] },
					});
		}
		if (roster.living.length > 0) return;
		this.#nobodySinceMs ??= atMs;
		if (atMs - this.#nobodySinceMs >= waitMs)
			onGivenUp(new Error(`all agents were lost, and no other came within ${waitMs / 1000} s`));
	}

	#held({ posts }: Member): Seat[] {
		const { plan } = this.#order;
		return posts
			.filter(({ isOver }) => !isOver)
			.flatMap(({ seats }) => seats.flatMap((index) => plan.seats[index] ?? []));
	}
}
