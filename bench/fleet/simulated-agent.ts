import { setTimeout as sleep } from "node:timers/promises";
import type { AggregatesSnapshot } from "../../src/aggregate/snapshot.js";
import type { FromAgent, FromAgentBody, FromAgentKind } from "../../src/fleet/from-agent.js";
import type { AgentLink } from "../../src/fleet/link.js";
import type { Offer } from "../../src/fleet/offer.js";
import type { ToAgent, ToAgentKind } from "../../src/fleet/to-agent.js";

const everyMs = 1_000;

export interface SimulatedAgentOptions {
	readonly link: AgentLink;
	/** Its name and its id. */
	readonly agent: string;
	readonly livesoakVersion: string;
	/** Participants that it offers to hold. */
	readonly capacity: number;
	/** What it reports each second, whatever it lives. */
	readonly second: AggregatesSnapshot;
	/** Joins a second. */
	readonly joinsPerSecond: number;
	/** The first report comes so long after the start, so that not all agents speak at once. */
	readonly phaseMs: number;
	readonly onStarted: () => void;
	/** Redis has a report. @param sinceMs when it was handed over, as `performance.now()` */
	readonly onReported: (message: FromAgentKind<"report">, sinceMs: number) => void;
	/** What Redis did not take. */
	readonly onTrouble: (error: unknown) => void;
	readonly signal: AbortSignal;
}

/** Speaks as `livesoak agent` does, over the real link, and lives nobody: its reports are a recording. */
export class SimulatedAgent {
	readonly #options: SimulatedAgentOptions;
	#run: string | undefined;
	#seq = 0;
	#seats: readonly number[] = [];
	#joined = 0;
	#shard = 0;
	#reporting: AbortController | undefined;

	constructor(options: SimulatedAgentOptions) {
		this.#options = options;
		options.link.onOrder(
			(order) => this.#onOrder(order),
			(problem) => options.onTrouble(new Error(problem)),
		);
	}

	/** Offers itself each second until the signal. */
	async offer(): Promise<void> {
		const { link, signal } = this.#options;
		while (!signal.aborted) {
			await link.offer(this.#offered()).catch(this.#options.onTrouble);
			if (this.#run !== undefined) await link.pulseOf(this.#run).catch(this.#options.onTrouble);
			await sleep(everyMs, undefined, { signal }).catch(() => {});
		}
	}

	#offered(): Offer {
		const { link, agent, livesoakVersion, capacity } = this.#options;
		return {
			...{ agent, name: agent, livesoakVersion, cores: 2, memoryBytes: 4_000_000_000 },
			...{ capacity: { lite: capacity, native: 10 }, labels: {} },
			...(this.#run === undefined ? {} : { run: this.#run }),
			...{ clockOffsetMs: link.clock.offsetMs, clockErrorMs: link.clock.errorMs },
			atMs: this.#redisMs(),
		};
	}

	#onOrder(order: ToAgent): void {
		if (order.kind === "reserve") {
			this.#run = order.run;
			this.#seq = 0;
			this.#send({ kind: "reserved", run: order.run });
		} else if (order.kind === "prepare") this.#prepare(order);
		else if (order.kind === "start") {
			void this.#report();
			this.#options.onStarted();
		} else if (order.kind === "stop") this.#reporting?.abort();
		else if (order.kind === "release") {
			this.#reporting?.abort();
			this.#run = undefined;
		}
	}

	#prepare({ run, shard, seats }: ToAgentKind<"prepare">): void {
		[this.#shard, this.#seats, this.#joined] = [shard, seats, 0];
		const engine = { name: "lite", version: "simulated", sees: [] } as const;
		this.#send({ kind: "ready", run, shard, workers: 2, engines: [{ ...engine, sees: [] }] });
	}

	async #report(): Promise<void> {
		const { phaseMs, signal } = this.#options;
		this.#reporting = new AbortController();
		const ends = AbortSignal.any([signal, this.#reporting.signal]);
		await sleep(phaseMs, undefined, { signal: ends }).catch(() => {});
		for (let second = 1; !ends.aborted; second++) {
			this.#send(this.#reportOf(second, false));
			await sleep(everyMs, undefined, { signal: ends }).catch(() => {});
		}
		if (!signal.aborted) this.#send(this.#reportOf(0, true));
	}

	#reportOf(second: number, isLast: boolean): FromAgentBody {
		const due = Math.floor(second * this.#options.joinsPerSecond);
		const fresh = this.#seats.slice(this.#joined, due);
		this.#joined += fresh.length;
		const labels = { engine: "lite", ice: "direct", role: "subscriber" } as const;
		const atMs = this.#redisMs();
		const worker = { alive: Math.floor(this.#joined / 2), joining: 0, cpu: 0.5 };
		return {
			...{ kind: "report", run: this.#run ?? "", shard: this.#shard, atMs },
			aggregates: this.#options.second,
			lives: fresh.flatMap((seat) => [
				{ seat, life: 0, sample: { kind: "begun", labels, lateMs: 1.25 } },
				{ seat, life: 0, sample: { kind: "joined", labels } },
			]),
			events: fresh.map((seat) => {
				return { kind: "life-joined", atMs, seat, life: 0, connectMs: 123.4 };
			}),
			recoveries: [],
			workers: [0, 1].map((number) => {
				return { worker: number, pid: 1, ...worker, rssBytes: 150_000_000, lagP99Ms: 1.5 };
			}),
			tester: { takenOver: 0, workersDied: 0, cpuSeconds: second, maxRssBytes: 150_000_000 },
			...{ tokensWanted: [], replaced: [], isLast },
		};
	}

	#send(body: FromAgentBody): void {
		const message = { ...body, seq: ++this.#seq } as FromAgent;
		const { link, onReported, onTrouble } = this.#options;
		const sinceMs = performance.now();
		link.send(message).then(() => {
			if (message.kind === "report") onReported(message, sinceMs);
		}, onTrouble);
	}

	#redisMs(): number {
		return performance.timeOrigin + performance.now() + this.#options.link.clock.offsetMs;
	}
}
