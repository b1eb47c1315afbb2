import { setImmediate } from "node:timers/promises";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import type { FaultWatch } from "../../../src/fault/fault-watch.js";
import { Agent } from "../../../src/fleet/agent/agent.js";
import { AllowList, loopbackOnly } from "../../../src/fleet/agent/allow-list.js";
import type { ShardPool } from "../../../src/fleet/agent/shard-run.js";
import { type FromAgent, fromAgentSchema } from "../../../src/fleet/from-agent.js";
import type { AgentLink } from "../../../src/fleet/link.js";
import type { Offer } from "../../../src/fleet/offer.js";
import type { Pulse } from "../../../src/fleet/pulse.js";
import { type ToAgent, type ToAgentKind, toAgentSchema } from "../../../src/fleet/to-agent.js";
import type { TokenHandout } from "../../../src/pool/handout.js";
import type { SupervisorOptions } from "../../../src/pool/supervisor-options.js";

/** Redis's clock is this far before the agent's. */
export const offsetMs = 5_000;
export const ownMs = 1_000_000;

const labels = { engine: "lite", ice: "direct", role: "both" } as const;

/** A pool without processes, that does what a test says. */
export class FakePool implements ShardPool {
	readonly options: SupervisorOptions;
	readonly engines = new Map([
		["lite", { name: "lite", version: "1", sees: new Set(["socket"] as const) }] as const,
	]);
	readonly soFar = { takenOver: 0, workersDied: 0, cpuSeconds: 1.5, maxRssBytes: 100 };
	readonly workers = [];
	readonly did: string[] = [];
	readonly handouts: TokenHandout[] = [];
	readonly faults: FaultWatch[] = [];
	startAtMs: number | undefined;
	renewals = 0;
	prepared = Promise.resolve();
	finish: () => void = () => {};
	fail: (error: Error) => void = () => {};
	readonly finished = new Promise<void>((resolve, reject) => {
		this.finish = resolve;
		this.fail = reject;
	});
	readonly people = {
		beginFault: (watch: FaultWatch) => void this.faults.push(watch),
		endFault: (fault: number, fromMs: number) =>
			void this.did.push(`fault ${fault} over ${fromMs}`),
		killWorker: (worker: number) => void this.did.push(`kill worker ${worker}`),
	};

	constructor(options: SupervisorOptions) {
		this.options = options;
		this.finished.catch(() => {});
	}

	prepare = () => this.prepared;
	giveTokens = (handout: TokenHandout) => void this.handouts.push(handout);
	renewLease = () => void this.renewals++;
	watch = () => void this.did.push("watch");
	close = async () => void this.did.push("close");
	start(startAtMs: number): void {
		this.startAtMs = startAtMs;
	}
	stop(): void {
		this.did.push("stop");
	}
	endLease(): void {
		this.did.push("endLease");
	}
	kill(): void {
		this.did.push("kill");
		this.finish();
	}

	/** One participant joins, and `packets` are counted. */
	live(seat: number, packets: number): void {
		const { listener, clock } = this.options;
		listener.onLife({ kind: "joined", labels }, { seat, life: 0 });
		const sums = new Aggregates();
		sums.add("packets", { direction: "sent" }, packets);
		listener.onReport(sums.snapshot());
		const event = {
			kind: "life-joined",
			atMs: clock.nowMs(),
			seat,
			life: 0,
			connectMs: 5,
		} as const;
		listener.onEvent(event);
	}
}

/** An agent in virtual time, with a Redis that is an object. */
export function rig(options: { readonly once?: boolean; readonly allow?: readonly string[] } = {}) {
	const clock = new ManualClock(ownMs);
	const sent: FromAgent[] = [];
	const said: string[] = [];
	const pools: FakePool[] = [];
	const pulses = new Map<string, Pulse>();
	const offers: Offer[] = [];
	const state = {
		isCut: false,
		isWithdrawn: false,
		preparing: undefined as Promise<void> | undefined,
	};
	let onOrder: (order: ToAgent) => void = () => {};
	const reach = async <T>(work: () => T): Promise<T> => {
		if (state.isCut) throw new Error("cut");
		return work();
	};
	const link: AgentLink = {
		clock: { offsetMs, errorMs: 1 },
		offer: (offer) => reach(() => void offers.push(offer)),
		withdraw: () =>
			reach(() => {
				state.isWithdrawn = true;
			}),
		onOrder: (listener) => {
			onOrder = listener;
		},
		// As strict as the coordinator is.
		send: (message) => reach(() => void sent.push(fromAgentSchema.parse(message))),
		pulseOf: (run) => reach(() => pulses.get(run)),
		close: async () => {},
	};
	const agent = new Agent({
		...{ link, clock, workerEnv: {}, say: (line) => said.push(line), once: options.once ?? false },
		allowList: new AllowList(options.allow ?? loopbackOnly),
		facts: {
			...{ agent: "web-1", name: "web", livesoakVersion: "1.2.3", cores: 2, labels: {} },
			...{ memoryBytes: 1e9, capacity: { lite: 10, native: 1 } },
		},
		makePool: (order) => {
			const pool = new FakePool(order);
			pool.prepared = state.preparing ?? pool.prepared;
			pools.push(pool);
			return pool;
		},
	});
	const stop = new AbortController();
	const kill = new AbortController();
	const ended = agent.run(stop.signal, kill.signal);
	const last = <K extends FromAgent["kind"]>(kind: K, run?: string) =>
		sent.findLast(
			(message): message is Extract<FromAgent, { kind: K }> =>
				message.kind === kind && (run === undefined || message.run === run),
		);
	const pass = async (ms: number) => {
		await clock.advanceTo(clock.nowMs() + ms);
		for (let turn = 0; turn < 5; turn++) await setImmediate();
	};
	return {
		...{ clock, sent, said, pools, pulses, offers, state, agent, ended, last, pass },
		stop: () => stop.abort(),
		kill: () => kill.abort(),
		/** As the link does it: only what the contract allows comes through. */
		order: async (order: ToAgent) => {
			onOrder(toAgentSchema.parse(order));
			await pass(60);
		},
		/** So many seconds, each with a pulse of the coordinator. */
		led: async (run: string, seconds: number) => {
			for (let n = 0; n < seconds; n++) {
				const heard = Math.max(0, ...sent.filter((m) => m.run === run).map(({ seq }) => seq));
				pulses.set(run, { run, atMs: clock.nowMs() + offsetMs, heard: { "web-1": heard } });
				await pass(1_000);
			}
		},
	};
}

export const reserve: ToAgent = { kind: "reserve", run: "run-1", livesoakVersion: "1.2.3" };

export function prepareOrder(over: Partial<ToAgentKind<"prepare">> = {}): ToAgentKind<"prepare"> {
	return {
		...{ kind: "prepare", run: "run-1", shard: 3, runTag: "tag", url: "ws://127.0.0.1:7880" },
		scenario:
			"name: a\nengine: lite\nparticipants: { both: 4 }\nload: [{ ramp: 1s, to: 100% }, { hold: 1m }]\n",
		...{ seats: [1, 2], fromMs: 0, leaseMs: 15_000 },
		...over,
	};
}

/** An agent that lives a shard. */
export async function startedRig(options: Parameters<typeof rig>[0] = {}) {
	const made = rig(options);
	await made.pass(0);
	await made.order(reserve);
	await made.order(prepareOrder());
	await made.order({
		...{ kind: "start", run: "run-1", shard: 3 },
		startAtMs: made.clock.nowMs() + offsetMs + 500,
	});
	const [pool] = made.pools;
	if (!pool) throw new Error(`no pool was made: ${made.said.join()}`);
	return { ...made, pool };
}
