import type { Clock } from "../../clock/clock.js";
import { UserError } from "../../error/user-error.js";
import type { FaultWatch } from "../../fault/fault-watch.js";
import type { TokenHandout } from "../../pool/handout.js";
import type { PoolPeople } from "../../pool/pool-people.js";
import type { Supervisor } from "../../pool/supervisor.js";
import type { SupervisorOptions } from "../../pool/supervisor-options.js";
import type { FromAgentBody } from "../from-agent.js";
import { shortened } from "./agent-event.js";
import type { Shard } from "./read-shard.js";
import { ShardLog } from "./shard-log.js";

/** A pool of worker processes, as an agent uses it. */
export type ShardPool = Pick<
	Supervisor,
	| ("prepare" | "start" | "stop" | "watch" | "close" | "kill" | "finished")
	| ("giveTokens" | "renewLease" | "endLease" | "engines" | "soFar" | "workers")
> & { readonly people: Pick<PoolPeople, "beginFault" | "endFault" | "killWorker"> };

export interface ShardRunOptions {
	readonly run: string;
	/** Its number in the run. */
	readonly shard: number;
	readonly order: Shard;
	readonly clock: Clock;
	/** Redis's clock minus ours, now. */
	readonly offsetMs: () => number;
	readonly workerEnv: NodeJS.ProcessEnv;
	readonly makePool: (options: SupervisorOptions) => ShardPool;
	readonly tell: (body: FromAgentBody) => void;
	/** What is told cannot wait until the next second. */
	readonly onHurry: () => void;
}

/** Beyond the polite leave of its participants, a pool that is to end gets this long. */
const endWithinMs = 20_000;
/** Where nobody waits for it any more. */
const closeWithinMs = 2_000;

/** One shard on this agent: its pool of workers, and what is told of it. Times are of this process's own clock. */
export class ShardRun {
	readonly #options: ShardRunOptions;
	readonly #pool: ShardPool;
	readonly #log: ShardLog;
	#state: "preparing" | "ready" | "started" | "over" = "preparing";
	#startAtMs: number | undefined;
	#closing: Promise<void> | undefined;
	#setOver: () => void = () => {};
	/** Resolves when the last of it is told and its processes are gone. */
	readonly over: Promise<void>;

	constructor(options: ShardRunOptions) {
		this.#options = options;
		this.over = new Promise((resolve) => {
			this.#setOver = resolve;
		});
		this.#log = new ShardLog(options.offsetMs, options.onHurry);
		const { scenario, runTag, connection, leaseMs, workerSeats, fromMs } = options.order;
		this.#pool = options.makePool({
			clock: options.clock,
			order: { scenario, runTag, connection, leaseMs },
			...{ shards: workerSeats, workerEnv: options.workerEnv, fromMs, listener: this.#log },
		});
		void this.#prepare();
		this.#pool.finished.then(
			() => this.#end(),
			(error: Error) => this.#fail(error),
		);
	}

	get isOver(): boolean {
		return this.#state === "over";
	}

	get participants(): number {
		return this.#options.order.participants;
	}

	/** @param startAtMs of the plan's time 0 */
	start(startAtMs: number): void {
		this.#startAtMs ??= startAtMs;
		if (this.#state === "ready") this.#startPool(this.#startAtMs);
	}

	giveTokens(handout: TokenHandout): void {
		if (!this.isOver) this.#pool.giveTokens(handout);
	}

	beginFault(watch: FaultWatch): void {
		if (this.#state === "started") this.#pool.people.beginFault(watch);
	}

	endFault(fault: number, fromMs: number): void {
		if (this.#state === "started") this.#pool.people.endFault(fault, fromMs);
	}

	killWorker(worker: number): void {
		if (this.#state === "started") this.#pool.people.killWorker(worker);
	}

	/** The agent may go on for another lease. */
	renewLease(): void {
		if (!this.isOver) this.#pool.renewLease(this.#options.offsetMs());
	}

	/** Has the pool look after its workers; not after this process stood still, with their messages still unread. */
	watch(): void {
		if (this.#state === "started") this.#pool.watch();
	}

	/** To be called once a second: also where nothing happened it says that this agent is there. */
	report(): void {
		if (this.#state === "ready" || this.#state === "started") this.#report(false);
	}

	/** Tells at once where somebody waits for a token. */
	reportIfWanted(): void {
		if (this.#log.hasTokensWanted) this.report();
	}

	/** Start nothing new, everyone leaves. */
	stop(): void {
		if (this.#state === "started") {
			this.#pool.stop();
			void this.#endWithin(endWithinMs + this.#options.order.scenario.timeouts.leaveMs);
		} else this.#end();
	}

	/** Nobody leads the run any more: its participants are lost. */
	endLease(): void {
		if (this.#state === "started") {
			this.#pool.endLease();
			void this.#endWithin(endWithinMs + this.#options.order.scenario.timeouts.leaveMs);
		} else this.#end();
	}

	/** The run is over for this agent: who is still in a room is lost, and gets a moment to leave. */
	close(): void {
		if (this.isOver) return;
		if (this.#state === "started") {
			this.#pool.endLease();
			void this.#endWithin(closeWithinMs);
		} else this.#end();
	}

	/** At once. */
	kill(): void {
		this.#pool.kill();
	}

	async #prepare(): Promise<void> {
		try {
			await this.#pool.prepare();
		} catch (error) {
			this.#fail(error);
			return;
		}
		if (this.#state !== "preparing") return;
		this.#state = "ready";
		const { run, shard, tell, order } = this.#options;
		tell({
			...{ kind: "ready", run, shard, workers: order.workerSeats.length },
			engines: [...this.#pool.engines.values()].map(({ name, version, sees }) => {
				return { name, version, sees: [...sees] };
			}),
		});
		if (this.#startAtMs !== undefined) this.#startPool(this.#startAtMs);
	}

	#startPool(startAtMs: number): void {
		this.#state = "started";
		this.#pool.start(startAtMs);
	}

	async #endWithin(boundMs: number): Promise<void> {
		const { clock } = this.#options;
		const done = new AbortController();
		void this.over.then(() => done.abort());
		await clock.sleepUntil(clock.nowMs() + boundMs, done.signal);
		// Whom it takes along is told when the processes are gone, and then the pool is finished.
		if (!this.isOver) this.#pool.kill();
	}

	#end(): void {
		if (this.isOver) return;
		this.#report(true);
		this.#close();
	}

	#fail(error: unknown): void {
		if (this.isOver) return;
		const { run, shard, tell } = this.#options;
		const isUserError = error instanceof UserError;
		const hint = isUserError ? error.hint : undefined;
		// What was measured until then is not lost with it.
		this.#report(false);
		tell({
			...{ kind: "failed", run, shard },
			message: shortened(error instanceof Error ? error.message : String(error)),
			...(hint === undefined ? {} : { hint: shortened(hint) }),
			exitCode: isUserError ? error.exitCode : 1,
		});
		this.#pool.kill();
		this.#close();
	}

	#close(): void {
		this.#state = "over";
		this.#closing ??= this.#pool.close().finally(this.#setOver);
	}

	#report(isLast: boolean): void {
		const { run, shard, clock, offsetMs, tell } = this.#options;
		const { takenOver, workersDied, cpuSeconds, maxRssBytes } = this.#pool.soFar;
		tell({
			...{ kind: "report", run, shard, atMs: clock.nowMs() + offsetMs(), isLast },
			...this.#log.take(),
			workers: this.#pool.workers.map(
				({ worker, pid, alive, joining, cpu, rssBytes, lagP99Ms }) => {
					return { worker, pid, alive, joining, cpu, rssBytes, lagP99Ms };
				},
			),
			tester: { takenOver, workersDied, cpuSeconds, maxRssBytes },
		});
	}
}
