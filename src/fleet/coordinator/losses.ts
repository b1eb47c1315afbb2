import type { FleetOrder } from "./fleet-order.js";
import type { Member } from "./member.js";
import type { Roster } from "./roster.js";
import type { ShardAccounts } from "./shard-accounts.js";
import type { ShardPost } from "./shard-post.js";

/** An agent's own lease is over by then, whatever the clocks do. */
const beyondLeaseMs = 3_000;

export interface LossesOf {
	readonly roster: Roster;
	readonly accounts: ShardAccounts;
	isStopping(): boolean;
	/** Others are to live these seats. @param lost whose they were */
	need(seats: readonly number[], lost: string): void;
	onOver(post: ShardPost): void;
	/** Nobody is left. */
	onAllLost(error: Error): void;
}

/** Notices when an agent is gone, and closes its account: each of its participants is counted as lost, once. */
export class Losses {
	/** How many agents. */
	count = 0;
	readonly #order: FleetOrder;
	readonly #of: LossesOf;

	constructor(order: FleetOrder, of: LossesOf) {
		this.#order = order;
		this.#of = of;
	}

	/** To be called each second of the run. */
	watch(): void {
		const { clock, leaseMs } = this.#order;
		const sinceMs = clock.nowMs() - leaseMs - beyondLeaseMs;
		for (const member of this.#of.roster.living) {
			const isBusy = member.posts.some(({ isStarted, isOver }) => isStarted && !isOver);
			if (isBusy && member.lastHeardMs < sinceMs) this.lose(member, "no message of it");
		}
	}

	/** @param toldLost participants that it counted as lost itself */
	lose(member: Member, reason: string, toldLost = 0): void {
		if (member.isLost) return;
		member.isLost = true;
		this.count++;
		const { clock, listener } = this.#order;
		const { accounts, roster, onOver } = this.#of;
		const silentMs = Math.max(0, clock.nowMs() - member.lastHeardMs);
		const orphans = member.posts.filter(({ isOver }) => !isOver);
		const casualties = orphans.flatMap((post) => accounts.closeLost(post));
		listener.onEvent({
			...{ kind: "agent-lost", atMs: clock.nowMs(), agent: member.name },
			...{ participantsLost: casualties.length + toldLost, silentMs, reason },
		});
		roster.dismiss(member);
		if (!this.#of.isStopping()) this.#goOn(member, orphans);
		for (const post of orphans) onOver(post);
	}

	#goOn({ name }: Member, orphans: readonly ShardPost[]): void {
		const { roster, need, onAllLost } = this.#of;
		if (this.#order.scenario.pool.onAgentLoss === "replace")
			for (const { seats } of orphans) need(seats, name);
		else if (roster.living.length === 0) onAllLost(new Error("all agents were lost"));
	}
}
