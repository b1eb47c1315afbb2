import { Aggregates } from "../../aggregate/aggregates.js";
import type { AggregatesSnapshot } from "../../aggregate/snapshot.js";
import type { RunAgent } from "../../run/run-info.js";
import type { AgentView } from "../../run/run-view.js";
import type { Offer } from "../offer.js";
import type { Outbox } from "./outbox.js";
import type { ShardPost } from "./shard-post.js";

/** What tells how well one machine keeps its schedule. */
const ownMetrics = ["tester.lag", "tester.startDelay", "audio.late", "data.late"] as const;

/** One machine of a run, from its reservation on. */
export class Member {
	readonly offer: Offer;
	/** For people; unique in the run. */
	readonly name: string;
	readonly outbox: Outbox;
	readonly posts: ShardPost[] = [];
	readonly totals = new Aggregates();
	/** By the coordinator's clock. */
	lastHeardMs: number;
	isLost = false;
	/** Each worker process of each of its shards has a number of its own. */
	readonly #workers: string[] = [];

	constructor(of: { offer: Offer; name: string; outbox: Outbox; nowMs: number }) {
		this.offer = of.offer;
		this.name = of.name;
		this.outbox = of.outbox;
		this.lastHeardMs = of.nowMs;
	}

	get id(): string {
		return this.offer.agent;
	}

	/** Takes what the verdict on this machine alone needs. */
	add({ distributions }: AggregatesSnapshot): void {
		const own = ownMetrics.flatMap((name) => {
			const part = distributions[name];
			return part ? [[name, part] as const] : [];
		});
		if (own.length > 0) this.totals.merge({ counters: {}, distributions: Object.fromEntries(own) });
	}

	/** The number of a worker among all of this machine; a shard counts its own from 0. */
	workerNumber(shard: number, worker: number): number {
		const key = `${shard}:${worker}`;
		const known = this.#workers.indexOf(key);
		return known >= 0 ? known : this.#workers.push(key) - 1;
	}

	get cpuSeconds(): number {
		return this.posts.reduce((sum, { tester }) => sum + tester.cpuSeconds, 0);
	}

	/** How run.json has it. */
	facts(): RunAgent {
		const { agent, livesoakVersion, cores, memoryBytes, capacity, labels } = this.offer;
		const { clockOffsetMs, clockErrorMs } = this.offer;
		return {
			...{ name: this.name, id: agent, version: livesoakVersion, cores, memoryBytes },
			...{ capacity, labels, clockOffsetMs, clockErrorMs },
			seats: this.posts.reduce((sum, { seats }) => sum + seats.length, 0),
		};
	}

	view(nowMs: number): AgentView {
		const living = this.posts.filter(({ isLost }) => !isLost);
		return {
			...{ agent: this.id, name: this.name, isUp: !this.isLost },
			alive: living.reduce((sum, { account }) => sum + account.alive, 0),
			joining: living.reduce((sum, { account }) => sum + account.joining, 0),
			workers: living.reduce((sum, { workers }) => sum + workers.length, 0),
			clockOffsetMs: this.offer.clockOffsetMs,
			reportAgeMs: Math.max(0, nowMs - this.lastHeardMs),
		};
	}
}
