import { firstResumedNumber } from "../../plan/cut-lives.js";
import type { LifeTurn } from "../../pool/life-account.js";
import type { EngineFacts } from "../../pool/messages.js";
import type { FromAgentKind } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import type { FleetOrder } from "./fleet-order.js";
import { fromRedis, localEvent } from "./fleet-time.js";
import { livesAfter } from "./lives-after.js";
import { lifeKey, type ShardPost } from "./shard-post.js";

/** A shard whose last report comes so long before its last life is over was given up. */
const earlyMs = 2_000;

export interface ShardAccountsOf {
	link(): CoordinatorLink;
	readonly engines: Map<string, EngineFacts>;
	/** Epoch milliseconds of the plan's time 0; undefined before the start. */
	startAtMs(): number | undefined;
	isStopping(): boolean;
	want(post: ShardPost, identities: readonly string[]): void;
	/** All its lives were lived. */
	onOver(post: ShardPost): void;
	/** The agent cannot go on. @param lost participants that it counted as lost itself */
	onGaveUp(post: ShardPost, reason: string, lost: number): void;
}

/** Counts what agents tell of their shards: everything once, also where an agent tells it after it was given up. */
export class ShardAccounts {
	/** Lives that were begun again in place of lost ones. */
	takenOver = 0;
	readonly #order: FleetOrder;
	readonly #of: ShardAccountsOf;

	constructor(order: FleetOrder, of: ShardAccountsOf) {
		this.#order = order;
		this.#of = of;
	}

	onReady(post: ShardPost, { workers, engines }: FromAgentKind<"ready">): void {
		post.workerCount = workers;
		for (const { name, version, sees } of engines)
			this.#of.engines.set(name, { name, version, sees: new Set(sees) });
	}

	onReport(post: ShardPost, report: FromAgentKind<"report">): void {
		const { listener } = this.#order;
		const { member, shard, isLost } = post;
		listener.onReport(report.aggregates);
		member.add(report.aggregates);
		for (const turn of report.lives) this.#onTurn(post, turn);
		for (const event of report.events)
			listener.onEvent(localEvent(event, this.#of.link().clock, { member, shard }));
		for (const recovery of report.recoveries)
			listener.onRecovery?.({ kind: "recovery", ...recovery });
		post.tester = report.tester;
		if (isLost) return;
		post.workers = report.workers;
		if (report.tokensWanted.length > 0) this.#of.want(post, report.tokensWanted);
		if (report.replaced.length > 0) listener.onReplaced?.(report.replaced);
		if (report.isLast) this.#onLast(post, report);
	}

	onFailed(post: ShardPost, { message }: FromAgentKind<"failed">): void {
		// Before it is started, whoever waits until it is ready hears of it.
		if (post.isStarted && !post.isOver) this.#of.onGaveUp(post, message, 0);
	}

	/** Its agent is lost: what became of each participant it held, each told to the listener. */
	closeLost(post: ShardPost): LifeTurn[] {
		post.isLost = true;
		post.workers = [];
		const casualties = post.account.closeLives("agent-lost");
		for (const { sample, ...life } of casualties) {
			post.closedLives.add(lifeKey(life));
			this.#order.listener.onLife(sample, life);
		}
		return casualties;
	}

	#onTurn(post: ShardPost, { sample, ...life }: LifeTurn): void {
		const key = lifeKey(life);
		// Counted as lost already, whatever the agent saw before it noticed.
		if (post.closedLives.has(key)) return;
		if (sample.kind === "begun" && life.life >= firstResumedNumber) this.takenOver++;
		post.account.apply(life.seat, life.life, sample);
		this.#order.listener.onLife(sample, life);
	}

	#onLast(post: ShardPost, { atMs, lives }: FromAgentKind<"report">): void {
		if (post.isOver) return;
		const startAtMs = this.#of.startAtMs();
		const planMs = fromRedis(this.#of.link().clock, atMs) - (startAtMs ?? 0);
		const { plan } = this.#order;
		if (this.#of.isStopping() || !livesAfter(plan, post.seats, planMs + earlyMs)) {
			this.#of.onOver(post);
			return;
		}
		const lost = lives.filter(({ sample }) => isAgentLost(sample)).length;
		this.#of.onGaveUp(post, "it gave its part of the plan up", lost);
	}
}

function isAgentLost(sample: LifeTurn["sample"]): boolean {
	return (sample.kind === "lost" || sample.kind === "failed") && sample.cause === "agent-lost";
}
