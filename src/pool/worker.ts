import { setMaxListeners } from "node:events";
import { readFile } from "node:fs/promises";
import pLimit from "p-limit";
import { Aggregates } from "../aggregate/aggregates.js";
import { fold } from "../aggregate/fold.js";
import { openPcmSource } from "../audio/open-source.js";
import type { PcmSource } from "../audio/pcm-source.js";
import { Ticker } from "../clock/ticker.js";
import type { Engine } from "../engine/engine.js";
import type { EngineName } from "../engine/engine-name.js";
import { startEngine } from "../engine/start-engine.js";
import type { SeatWatches } from "../fault/seat-watches.js";
import { liveLife, type ParticipantContext } from "../participant/participant.js";
import { cutLives, resumedNumber } from "../plan/cut-lives.js";
import { makePlan } from "../plan/make-plan.js";
import type { Life, Plan, Seat } from "../plan/plan.js";
import { openTokens, openTurn } from "./connection.js";
import { Lease } from "./lease.js";
import type { EngineFacts, WorkerOrder } from "./messages.js";
import { RoomVoices } from "./room-voices.js";
import { identityOf } from "./run-names.js";
import { tokenRequestOf } from "./token-request.js";
import type { WorkerDeps } from "./worker-deps.js";
import { WorkerLoadMeter } from "./worker-load.js";
import { WorkerReports } from "./worker-reports.js";
import { workerWatches } from "./worker-watches.js";

/** Publishers are spread over the ticks of 20 ms. */
const tickMs = 5;
const reportEveryMs = 1000;
/** Lives that begin this soon and have no token ask for it before they begin. */
const askAheadMs = 5_000;

/** Lives the seats of one worker process, and has what is measured reported. Knows nothing of processes. */
export class Worker {
	readonly engineFacts: readonly EngineFacts[];
	readonly #order: WorkerOrder;
	readonly #deps: WorkerDeps;
	readonly #plan: Plan;
	readonly #engines: ReadonlyMap<EngineName, Engine>;
	readonly #pcm: PcmSource;
	readonly #ticker: Ticker;
	readonly #reports: WorkerReports;
	readonly #startNothingNew = new AbortController();
	#lease: Lease;
	#isLeaseOver = false;
	readonly #shared: SharedClock;
	#startAtMs = Number.NaN;
	/** What the faults of the scenario do here. */
	readonly watches: SeatWatches;

	private constructor(order: WorkerOrder, deps: WorkerDeps, parts: WorkerParts) {
		this.#order = order;
		this.#deps = deps;
		this.#plan = parts.plan;
		this.#engines = parts.engines;
		this.#pcm = parts.pcm;
		this.#ticker = parts.ticker;
		this.#reports = parts.reports;
		this.#shared = parts.shared;
		this.#lease = this.#freshLease();
		this.watches = workerWatches(order, parts.plan, deps, parts.ticker, () => this.#startAtMs);
		// Every life of this worker waits on it, and Node warns at eleven listeners.
		setMaxListeners(Number.POSITIVE_INFINITY, this.#startNothingNew.signal);
		this.engineFacts = [...parts.engines.values()].map(({ name, version, sees }) => {
			return { name, version, sees };
		});
	}

	/** @throws UserError when the order cannot be carried out (unreadable WAV, wrong TURN URI …) */
	static async prepare(order: WorkerOrder, deps: WorkerDeps): Promise<Worker> {
		const plan = makePlan(order.scenario);
		const { source } = order.scenario.audio;
		const pcm = await openPcmSource(source, (path) => readFile(path));
		const load = new WorkerLoadMeter(deps.process, deps.clock.nowMs());
		const aggregates = new Aggregates();
		const ticker = new Ticker(deps.clock, tickMs, (lagMs) => {
			fold(aggregates, { kind: "lag", lagMs });
		});
		const tlsInsecure = order.scenario.tls.insecure;
		const shared: SharedClock = { offsetMs: 0 };
		const options = { ...deps, ticker, tlsInsecure, sharedOffsetMs: () => shared.offsetMs };
		const engines = new Map<EngineName, Engine>();
		for (const name of new Set(order.seats.map((index) => plan.seats[index]?.engine))) {
			if (name) engines.set(name, await startEngine(name, options));
		}
		const meters = { aggregates, load, engines: [...engines.values()] };
		const reports = new WorkerReports(deps, meters);
		return new Worker(order, deps, { plan, engines, pcm, ticker, reports, shared });
	}

	/** Lives the plan from `startAtMs` (its time 0) on; resolves when all lives are over. */
	async run(startAtMs: number): Promise<void> {
		this.#startAtMs = startAtMs;
		this.#reports.begin();
		this.#ticker.start();
		// Until here nobody was in a room whom it could have ended.
		this.#lease = this.#freshLease();
		const everySecond = setInterval(() => {
			if (this.#lease.isOver(this.#deps.clock.nowMs())) this.endLease();
			if (!this.#deps.isCongested?.()) this.#reports.report();
		}, reportEveryMs);
		const context = this.#context(startAtMs);
		this.#askAhead();
		try {
			await Promise.all(this.#seats().map((seat) => this.#liveSeat(seat, context)));
			for (const engine of this.#engines.values()) await engine.close();
		} finally {
			clearInterval(everySecond);
			this.#ticker.stop();
			this.#reports.report();
		}
	}

	stop(): void {
		this.#startNothingNew.abort();
	}

	/** The parent is there. @param sharedOffsetMs the clock that all machines share, minus ours */
	renewLease(sharedOffsetMs: number): void {
		this.#shared.offsetMs = sharedOffsetMs;
		this.#lease.renew(this.#deps.clock.nowMs());
	}

	/** Nobody leads the run any more: who is in a room is counted as lost at once, and leaves. */
	endLease(): void {
		if (this.#isLeaseOver) return;
		this.#isLeaseOver = true;
		this.#reports.closeLives("agent-lost");
		this.stop();
	}

	#freshLease(): Lease {
		return new Lease(this.#order.leaseMs ?? Number.POSITIVE_INFINITY, this.#deps.clock.nowMs());
	}

	/** A worker that takes over a dead one's seats has lives to begin at once, whose tokens that one may have had. */
	#askAhead(): void {
		const { connection, fromMs, runTag } = this.#order;
		const { given } = this.#deps;
		if (connection.tokens.kind !== "given" || !given) return;
		for (const seat of this.#seats()) {
			const [first] = cutLives(this.#plan, seat, fromMs);
			if (first && first.startMs < fromMs + askAheadMs) given.expect(identityOf(runTag, first));
		}
	}

	/** Lives begin on schedule, whatever became of the one before: the load model is open. */
	async #liveSeat(seat: Seat, context: ParticipantContext): Promise<void> {
		const running: Promise<void>[] = [];
		for (const life of cutLives(this.#plan, seat, this.#order.fromMs)) {
			await this.#deps.clock.sleepUntil(context.startAtMs + life.startMs, context.interrupt);
			if (context.interrupt.aborted) break;
			const living = this.#liveOn(life, context);
			running.push(living);
			void living.then(() => running.splice(running.indexOf(living), 1));
		}
		await Promise.all(running);
	}

	/** A life, and those that take its seat after a fault has ended it. */
	async #liveOn(planned: Life, context: ParticipantContext): Promise<void> {
		for (let life: Life | undefined = planned; life; ) {
			await liveLife(life, context);
			const atMs = this.watches.successorOf(life);
			const startMs = atMs === undefined ? Number.NaN : atMs - context.startAtMs;
			// Also past the end of a life that had none.
			if (!(startMs < planned.endMs) || context.interrupt.aborted) return;
			life = { ...planned, number: resumedNumber(startMs), startMs };
			if (this.#order.connection.tokens.kind === "given")
				this.#deps.given?.expect(identityOf(this.#order.runTag, life));
			await this.#deps.clock.sleepUntil(context.startAtMs + startMs, context.interrupt);
			if (context.interrupt.aborted) return;
		}
	}

	#seats(): Seat[] {
		return this.#order.seats.flatMap((index) => this.#plan.seats[index] ?? []);
	}

	#context(startAtMs: number): ParticipantContext {
		const { scenario, connection, runTag } = this.#order;
		const { clock, send } = this.#deps;
		// A little less than the join may take: it is to fail with the reason that is known here.
		const given = this.#deps.given?.source(scenario.timeouts.connectMs * 0.9);
		const tokens = openTokens(connection.tokens, scenario.token.ttlMs, given);
		const nowMs = () => clock.nowMs();
		const turn =
			connection.turn && openTurn(connection.turn, this.#plan.durationMs + 3_600_000, nowMs);
		const voices = new RoomVoices(this.#plan, scenario, this.#pcm, () => clock.nowMs() - startAtMs);
		return {
			clock,
			startAtMs,
			settings: {
				tlsInsecure: scenario.tls.insecure,
				...(connection.turnCaPem === undefined ? {} : { turnCaPem: connection.turnCaPem }),
				media: scenario.media !== "none",
				dtx: scenario.audio.dtx,
				connectMs: scenario.timeouts.connectMs,
				leaveMs: scenario.timeouts.leaveMs,
			},
			engineFor: ({ seat }) => this.#engine(seat.engine),
			tokenFor: async (life) => {
				const request = tokenRequestOf(runTag, life);
				const { token, url = connection.url } = await tokens.tokenFor(request);
				return { token, url, identity: request.identity };
			},
			iceServersFor: async ({ seat }) => turn?.serversFor(seat.ice, seat.index) ?? [],
			pcmFor: ({ seat }) => voices.pcmFor(seat),
			expectation: (identity) => voices.expectation(identity),
			longestPauseMs: this.#pcm.longestPauseMs,
			limit: pLimit(scenario.pool.joinsInFlight),
			emit: (sample, life) => this.#reports.onSample(sample, life),
			tell: (event) => send({ kind: "event", event }),
			onServer: (version) => this.#reports.onServer(version),
			presences: this.watches,
			interrupt: this.#startNothingNew.signal,
		};
	}

	#engine(name: EngineName): Engine {
		const engine = this.#engines.get(name);
		if (!engine) throw new Error(`engine ${name} was not started`);
		return engine;
	}
}

interface SharedClock {
	offsetMs: number;
}

interface WorkerParts {
	readonly plan: Plan;
	readonly engines: ReadonlyMap<EngineName, Engine>;
	readonly pcm: PcmSource;
	readonly ticker: Ticker;
	readonly reports: WorkerReports;
	readonly shared: SharedClock;
}
