import { within } from "../../clock/within.js";
import { UserError } from "../../error/user-error.js";
import { scenarioText } from "../../scenario/scenario-text.js";
import type { FromAgent, FromAgentKind } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import type { FleetOrder } from "./fleet-order.js";
import { toRedis } from "./fleet-time.js";
import type { Member } from "./member.js";
import { newPost, type ShardPost } from "./shard-post.js";
import { TokenFeed } from "./token-feed.js";
import { turnPass } from "./turn-pass.js";

const readyWithinMs = 60_000;
/** Shards of a run that goes on must not be taken for those of before. */
const mostShards = 10_000;

interface Readiness {
	readonly promise: Promise<void>;
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
}

/** Gives shards of the plan to agents, and each what it needs to live them. */
export class Shards {
	readonly posts: ShardPost[] = [];
	readonly #order: FleetOrder;
	readonly #of: { link(): CoordinatorLink; nowInPlan(): number };
	readonly #feed: TokenFeed;
	readonly #readiness = new Map<ShardPost, Readiness>();
	/** Made once: it is the same for all. */
	#scenario: string | undefined;

	constructor(order: FleetOrder, of: { link(): CoordinatorLink; nowInPlan(): number }) {
		this.#order = order;
		this.#of = of;
		this.#feed = new TokenFeed({ ...order, ttlMs: order.scenario.token.ttlMs });
	}

	postOf(agent: string, shard: number): ShardPost | undefined {
		return this.posts.find((post) => post.shard === shard && post.member.id === agent);
	}

	/** Has an agent get ready for these seats; `whenReady` tells when it is. */
	give(member: Member, seats: readonly number[], fromMs: number): ShardPost {
		const base = this.#order.resume ? (this.#order.resume.times + 1) * mostShards : 0;
		const post = newPost({ shard: base + this.posts.length, member, seats, fromMs });
		this.posts.push(post);
		member.posts.push(post);
		const readiness = newReadiness();
		this.#readiness.set(post, readiness);
		const { shard } = post;
		this.#feed.open(shard, post, ({ tokens, refused }) => {
			const { run } = this.#order;
			member.outbox.post({
				kind: "tokens",
				run,
				shard,
				tokens: { ...tokens },
				refused: { ...refused },
			});
		});
		this.#sendPrepare(post).catch(readiness.reject);
		return post;
	}

	/** @throws UserError when the agent cannot do it, or does not say so in time */
	async whenReady(post: ShardPost): Promise<void> {
		const ready = Promise.resolve(this.#readiness.get(post)?.promise).then(() => true);
		if (await within(this.#order.clock, readyWithinMs, ready)) return;
		throw new UserError({
			message: `agent ${post.member.name} was not ready within ${readyWithinMs / 1000} s.`,
			exitCode: 1,
		});
	}

	/** Resolves when Redis has the tokens of those who begin soon. */
	async feedFirst(post: ShardPost): Promise<void> {
		await this.#feed.feedShard(post.shard, this.#of.nowInPlan());
		await post.member.outbox.flushed();
	}

	start(post: ShardPost, startAtMs: number): void {
		post.isStarted = true;
		const { run } = this.#order;
		const at = toRedis(this.#of.link().clock, startAtMs);
		post.member.outbox.post({ kind: "start", run, shard: post.shard, startAtMs: at });
	}

	/** To be called each second. */
	feed(): void {
		void this.#feed.feed(this.#of.nowInPlan());
	}

	want(post: ShardPost, identities: readonly string[]): void {
		void this.#feed.want(post.shard, identities, this.#of.nowInPlan());
	}

	/** It needs nothing more. */
	close(post: ShardPost): void {
		this.#feed.close(post.shard);
		this.#readiness.get(post)?.reject(new Error(`agent ${post.member.name} is lost`));
	}

	/** What tells whether it is ready. */
	onMessage(post: ShardPost, message: FromAgent): void {
		if (message.kind === "ready") this.#readiness.get(post)?.resolve();
		else if (message.kind === "failed")
			this.#readiness.get(post)?.reject(failureOf(post.member.name, message));
	}

	async #sendPrepare({ shard, member, seats, fromMs }: ShardPost): Promise<void> {
		const { run, runTag, connection, scenario, plan, leaseMs, clock } = this.#order;
		this.#scenario ??= textOf(() => scenarioText(scenario));
		const nowMs = toRedis(this.#of.link().clock, clock.nowMs());
		const turn =
			connection.turn && (await turnPass(connection.turn, plan, { name: member.name, nowMs }));
		member.outbox.post({
			...{ kind: "prepare", run, shard, scenario: this.#scenario, runTag },
			...{ url: connection.url, seats: [...seats], fromMs, leaseMs },
			...(turn ? { turn } : {}),
			...(connection.turnCaPem === undefined ? {} : { turnCaPem: connection.turnCaPem }),
		});
	}
}

function newReadiness(): Readiness {
	let resolve = () => {};
	let reject: (error: Error) => void = () => {};
	const promise = new Promise<void>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	// Nobody may be waiting when it comes to nothing.
	promise.catch(() => {});
	return { promise, resolve, reject };
}

function textOf(write: () => string): string {
	try {
		return write();
	} catch (cause) {
		const words = cause instanceof Error ? cause.message : String(cause);
		throw new UserError({ message: `The scenario cannot be sent to agents: ${words}.`, cause });
	}
}

function failureOf(name: string, { message, hint, exitCode }: FromAgentKind<"failed">): UserError {
	const told = hint === undefined ? {} : { hint };
	return new UserError({ message: `agent ${name}: ${message}`, exitCode, ...told });
}
