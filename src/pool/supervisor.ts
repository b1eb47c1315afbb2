import { firstResumedNumber } from "../plan/cut-lives.js";
import type { TesterSoFar } from "../run/resume-point.js";
import type { WorkerView } from "../run/run-view.js";
import type { Crew } from "./crew.js";
import { handoutOf, type TokenHandout } from "./handout.js";
import { LifeAccount } from "./life-account.js";
import type { EngineFacts, FromWorker } from "./messages.js";
import { PoolPeople } from "./pool-people.js";
import { PoolTally } from "./pool-tally.js";
import type { Post } from "./post.js";
import type { SupervisorOptions } from "./supervisor-options.js";
import { endText, orderError } from "./worker-end.js";
import { type WorkerExit, WorkerHandle } from "./worker-handle.js";
import { readyWithinMs, startWorker } from "./worker-start.js";

/** Workers report every second; one that is silent for this long hangs and is put out of the way. */
const silentForMs = 15_000;
/** A worker that dies more often than this on the same seats is not bad luck. */
const mostReplacements = 3;
/** A fresh worker takes the plan up a moment later, when it is ready. */
const takeOverDelayMs = 1_500;
/** The workers are ready and need only be told. */
export const startInMs = 50;

/**
 * Runs the plan on worker processes, notices at once when one dies, counts whom it took along, and has a fresh
 * worker live the rest. Stopping is polite, then forced.
 */
export class Supervisor implements Crew {
	readonly parts = [];
	readonly startInMs = startInMs;
	/** The engines in use, by name; known once the workers are ready. */
	readonly engines = new Map<string, EngineFacts>();
	readonly #options: SupervisorOptions;
	readonly #posts: Post[] = [];
	readonly people = new PoolPeople(this.#posts);
	readonly #tally: PoolTally;
	#spare: WorkerHandle | undefined;
	#startAtMs: number | undefined;
	#stopping = false;
	#isLeaseOver = false;
	#finish: () => void = () => {};
	#fail: (error: Error) => void = () => {};
	/** Resolves when every post is finished; rejects when the pool is lost. */
	readonly finished: Promise<void>;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#spare = options.spare;
		this.#tally = new PoolTally(this.#posts, options.before);
		this.finished = new Promise((resolve, reject) => {
			this.#finish = resolve;
			this.#fail = reject;
		});
		// The caller may be waiting elsewhere when the pool is lost.
		this.finished.catch(() => {});
	}

	/** Starts all workers and waits until each is ready. @throws UserError when an order is wrong */
	async prepare(): Promise<void> {
		const ready = this.#options.shards.map((seats, worker) => {
			const { handle, whenReady } = this.#spawn(worker, seats, this.#options.fromMs ?? 0);
			this.#posts.push({
				...{ worker, seats, handle, account: new LifeAccount(), load: undefined },
				...{ lastHeardMs: 0, replacements: 0, finished: false, cpuSecondsOfTheDead: 0 },
				isKilledByPlan: false,
			});
			return whenReady;
		});
		await Promise.all(ready);
	}

	start(startAtMs: number): void {
		this.#startAtMs = startAtMs;
		// Time 0 of a run that is resumed is long past.
		const heardMs = Math.max(startAtMs, this.#options.clock.nowMs());
		for (const post of this.#posts) post.lastHeardMs = heardMs;
		for (const { handle } of this.#posts) handle.send({ kind: "start", startAtMs });
	}

	/** Start nothing new, let everyone leave. `finished` tells when that is done. */
	stop(): void {
		this.#stopping = true;
		for (const { handle } of this.#posts) handle.send({ kind: "stop" });
	}

	/** Hands each token, or the reason why there is none, to the worker that lives the seat. */
	giveTokens(handout: TokenHandout): void {
		for (const { handle, seats } of this.#posts) {
			const share = handoutOf(handout, seats);
			if (share) handle.send({ kind: "tokens", ...share });
		}
	}

	/**
	 * Where the order has a lease: it goes on.
	 * @param sharedOffsetMs the clock that all machines of the run share, minus ours
	 */
	renewLease(sharedOffsetMs: number): void {
		for (const { handle } of this.#posts) handle.send({ kind: "lease", sharedOffsetMs });
	}

	/** Nobody leads the run any more: everyone leaves and is counted as lost. `finished` tells when that is done. */
	endLease(): void {
		this.#stopping = true;
		this.#isLeaseOver = true;
		for (const { handle } of this.#posts) handle.send({ kind: "lease-over" });
	}

	/** To be called about once a second: a worker that hangs is killed, and then replaced as any dead one. */
	watch(): void {
		if (this.#startAtMs === undefined) return;
		const silentSinceMs = this.#options.clock.nowMs() - silentForMs;
		for (const { handle, finished, lastHeardMs } of this.#posts) {
			if (!finished && lastHeardMs < silentSinceMs) handle.kill();
		}
	}

	/** Ends every worker process, politely for a moment, then by force. Idempotent. */
	async close(): Promise<void> {
		this.#stopping = true;
		await Promise.all(this.#posts.map(({ handle }) => handle.stop()));
	}

	kill(): void {
		this.#stopping = true;
		for (const { handle } of this.#posts) handle.kill();
	}

	get workers(): WorkerView[] {
		return this.#tally.workers;
	}

	get workerCount(): number {
		return this.#options.shards.length;
	}

	get cores(): number {
		return this.#options.cores ?? 1;
	}

	get soFar(): TesterSoFar {
		return this.#tally.soFar;
	}

	#spawn(worker: number, seats: readonly number[], fromMs: number) {
		const { clock, listener, order, workerEnv } = this.#options;
		const handle = this.#spare ?? new WorkerHandle(workerEnv);
		this.#spare = undefined;
		const whenReady = startWorker({
			...{ worker, handle, order: { ...order, seats, fromMs } },
			onMessage: (message) => this.#onMessage(worker, message),
			onExit: (exit, finished) => this.#onExit(worker, handle, exit, finished),
		});
		listener.onEvent({ kind: "worker-started", atMs: clock.nowMs(), worker, pid: handle.pid });
		return { handle, whenReady };
	}

	#onMessage(worker: number, message: FromWorker): void {
		const { listener } = this.#options;
		const post = this.#posts[worker];
		if (!post) return;
		post.lastHeardMs = this.#options.clock.nowMs();
		switch (message.kind) {
			case "ready":
				for (const engine of message.engines) this.engines.set(engine.name, engine);
				return;
			case "event":
				listener.onEvent(message.event);
				return;
			case "life":
				if (message.sample.kind === "begun" && message.life >= firstResumedNumber)
					this.#tally.countTakenOver();
				post.account.apply(message.seat, message.life, message.sample);
				listener.onLife(message.sample, message);
				return;
			case "report":
				this.#tally.onLoad(post, message.load);
				listener.onReport(message.aggregates);
				return;
			case "recovery":
				listener.onRecovery?.(message);
				return;
			case "token-wanted":
				listener.onTokensWanted?.(message.identities);
				return;
			case "done":
				post.finished = true;
				if (this.#posts.every(({ finished }) => finished)) this.#finish();
				return;
			case "failed":
				if (this.#startAtMs !== undefined) this.#fail(orderError(message));
				return;
			default:
				message satisfies never;
		}
	}

	#onExit(worker: number, handle: WorkerHandle, exit: WorkerExit, finished: boolean): void {
		const post = this.#posts[worker];
		if (!post || finished || post.handle !== handle || this.#startAtMs === undefined) return;
		const { clock, listener } = this.#options;
		const { isKilledByPlan } = post;
		post.isKilledByPlan = false;
		const cause = this.#isLeaseOver
			? "agent-lost"
			: isKilledByPlan
				? "worker-killed"
				: "worker-died";
		const casualties = post.account.closeLives(cause);
		for (const { sample, ...life } of casualties) listener.onLife(sample, life);
		this.#tally.onDeath(post, !this.#stopping);
		listener.onEvent({
			...{ kind: "worker-died", atMs: clock.nowMs(), worker, pid: handle.pid },
			...{ reason: endText(exit), participantsLost: casualties.length },
		});
		if (this.#stopping) this.#onMessage(worker, { kind: "done" });
		else if (!isKilledByPlan && ++post.replacements > mostReplacements)
			this.#fail(new Error(`worker ${worker} died ${post.replacements} times: ${endText(exit)}`));
		else this.#replace(post, this.#startAtMs);
	}

	/** A fresh worker takes over the rest of the lives. */
	#replace(post: Post, startAtMs: number): void {
		const fromMs = this.#options.clock.nowMs() + takeOverDelayMs - startAtMs;
		const { handle, whenReady } = this.#spawn(post.worker, post.seats, fromMs);
		post.handle = handle;
		post.lastHeardMs = this.#options.clock.nowMs() + readyWithinMs;
		whenReady.then(
			() => {
				handle.send({ kind: "start", startAtMs });
				this.#options.listener.onReplaced?.(post.seats);
			},
			(error: Error) => {
				// Stopped while it was getting ready: it left, as it was told.
				if (!this.#stopping) this.#fail(error);
			},
		);
	}
}
