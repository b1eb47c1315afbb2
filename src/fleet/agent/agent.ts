import { UserError } from "../../error/user-error.js";
import { Supervisor } from "../../pool/supervisor.js";
import type { FromAgentBody } from "../from-agent.js";
import type { Offer } from "../offer.js";
import type { ToAgent, ToAgentKind } from "../to-agent.js";
import { shortened } from "./agent-event.js";
import type { AgentEnd, AgentOptions } from "./agent-options.js";
import { Membership } from "./membership.js";
import { Offering } from "./offering.js";
import { Outboxes } from "./outboxes.js";
import { readShard } from "./read-shard.js";
import { obey } from "./shard-order.js";
import { ShardRun } from "./shard-run.js";

const tickMs = 1_000;
/** After a pause of this length this process stood still: what workers said meanwhile is not read yet. */
const stoodStillMs = 5_000;
/** Once all participants are gone, what is told last must be with Redis within this time. */
const lastWordsWithinMs = 10_000;
/** Answers that somebody waits for are sent this soon, several together. */
const hurryMs = 50;

/**
 * Offers this machine to runs and lives the shards it is given, for one run at a time. It believes nothing: orders
 * are checked like files from a stranger, and without a sign of life from the coordinator it ends by itself.
 */
export class Agent {
	readonly #options: AgentOptions;
	readonly #outboxes: Outboxes;
	readonly #offering: Offering;
	readonly #ended = new AbortController();
	#membership: Membership | undefined;
	#end: AgentEnd | undefined;
	#isStopping = false;
	/** What a stop comes to. */
	#stopEnd: "stopped" | "left-run" = "stopped";
	#wake = new AbortController();
	#isHurrying = false;
	#lastTickMs = Number.NaN;
	#isReadingPulse = false;

	constructor(options: AgentOptions) {
		this.#options = options;
		const { link, clock, say } = options;
		this.#outboxes = new Outboxes(link, clock);
		this.#offering = new Offering(link, () => this.#offer(), say);
	}

	/**
	 * Offers the machine until it is told to stop, or, with `once`, has lived one run.
	 * @param stop gently: participants leave, the last report is sent
	 * @param kill at once
	 * @throws Error when Redis does not take the first offer
	 */
	async run(stop: AbortSignal, kill: AbortSignal): Promise<AgentEnd> {
		const { link, clock, say } = this.#options;
		link.onOrder(
			(order) => this.#onOrder(order),
			(problem) => say(`an order was refused: ${shortened(problem)}`),
		);
		await this.#offering.begin();
		this.#options.onOffered?.();
		const onStop = () => this.#stop();
		const onKill = () => this.#kill();
		stop.addEventListener("abort", onStop, { once: true });
		kill.addEventListener("abort", onKill, { once: true });
		if (stop.aborted) onStop();
		if (kill.aborted) onKill();
		try {
			while (this.#end === undefined) {
				this.#tick();
				if (this.#end === undefined)
					await clock.sleepUntil(clock.nowMs() + tickMs, this.#wake.signal);
			}
			return this.#end;
		} finally {
			stop.removeEventListener("abort", onStop);
			kill.removeEventListener("abort", onKill);
			this.#ended.abort();
			await this.#offering.end();
		}
	}

	#tick(): void {
		const nowMs = this.#options.clock.nowMs();
		const stoodStill = nowMs - this.#lastTickMs > stoodStillMs;
		this.#lastTickMs = nowMs;
		const membership = this.#membership;
		if (membership) {
			this.#watchLease(membership);
			for (const shard of membership.shards.values()) {
				if (!stoodStill) shard.watch();
				if (membership.ending === undefined) shard.renewLease();
				shard.report();
			}
			void this.#readPulse(membership);
		}
		void this.#offering.renew();
		this.#outboxes.pump();
		if (membership) this.#leaveIfOver(membership);
		else if (this.#isStopping) this.#finish(this.#stopEnd);
	}

	#onOrder(order: ToAgent): void {
		const membership = this.#membership?.run === order.run ? this.#membership : undefined;
		const isLiving = membership?.ending === undefined ? membership : undefined;
		if (order.kind === "reserve") this.#reserve(order);
		else if (order.kind === "prepare") this.#prepare(isLiving, order);
		else if (order.kind === "release") this.#release(order.run, membership);
		else if (order.kind === "stop") {
			for (const shard of isLiving?.shards.values() ?? []) shard.stop();
		} else {
			const shard = isLiving?.shards.get(order.shard);
			const { link, allowList } = this.#options;
			if (shard) obey(shard, order, { offsetMs: link.clock.offsetMs, allowList });
		}
	}

	#reserve({ run, livesoakVersion }: ToAgentKind<"reserve">): void {
		const { clock, say } = this.#options;
		const why = this.#whyNot(run, livesoakVersion);
		const outbox = this.#outboxes.of(run);
		if (why === undefined) {
			if (!this.#membership) say(`run ${run}: this agent is reserved`);
			this.#membership ??= new Membership(run, outbox, clock);
			outbox.add({ kind: "reserved", run });
			void this.#offering.renew();
		} else {
			outbox.add({ kind: "refused", run, why });
			say(`run ${run} was refused: ${why}`);
		}
		this.#hurryUp();
	}

	/** Why this agent cannot be a run's; undefined: it can. */
	#whyNot(run: string, version: string): string | undefined {
		const { name, livesoakVersion } = this.#options.facts;
		const membership = this.#membership;
		if (version !== livesoakVersion)
			return `agent ${name} is livesoak ${livesoakVersion}, the run is of livesoak ${version}`;
		if (this.#isStopping) return `agent ${name} is being stopped`;
		if (!membership) return undefined;
		if (membership.run !== run) return `agent ${name} belongs to run ${membership.run}`;
		// Whoever reserves it again knows nothing of its shards: they are of a coordinator that is no more.
		if (membership.shards.size > 0) membership.end("lease-over");
		if (membership.ending === undefined) return undefined;
		return `agent ${name} is still ending its earlier part of this run`;
	}

	#prepare(membership: Membership | undefined, order: ToAgentKind<"prepare">): void {
		const { link, clock, facts, allowList, workerEnv, say } = this.#options;
		const { run, shard } = order;
		if (membership?.shards.has(shard)) return;
		try {
			if (!membership) {
				const message = "This agent does not belong to the run, or no longer.";
				throw new UserError({ message, exitCode: 1 });
			}
			const checked = readShard(order, { allowList, cores: facts.cores });
			membership.setLease(checked.leaseMs);
			const { participants, workerSeats } = checked;
			say(`run ${run}: shard ${shard}, seats ${participants}, workers ${workerSeats.length}`);
			const living = new ShardRun({
				...{ run, shard, order: checked, clock, workerEnv },
				offsetMs: () => link.clock.offsetMs,
				makePool: this.#options.makePool ?? ((options) => new Supervisor(options)),
				tell: (body) => this.#tell(membership, body),
				onHurry: () => this.#hurryUp(),
			});
			membership.shards.set(shard, living);
			void living.over.then(() => this.#wakeUp());
		} catch (error) {
			this.#refuseShard(order, error);
		}
	}

	#refuseShard({ run, shard }: ToAgentKind<"prepare">, error: unknown): void {
		const message = shortened(error instanceof Error ? error.message : String(error));
		const { hint, exitCode = 1 } = error instanceof UserError ? error : { hint: undefined };
		const told = hint === undefined ? {} : { hint: shortened(hint) };
		this.#outboxes.of(run).add({ kind: "failed", run, shard, message, ...told, exitCode });
		this.#options.say(`run ${run}: shard ${shard} was refused: ${message.split("\n")[0]}`);
		this.#hurryUp();
	}

	/** Also where it ends already: nobody waits for the rest of it. */
	#release(run: string, membership: Membership | undefined): void {
		if (membership) membership.end("released");
		// It has ended by itself. Whoever leads the run now may have missed what was told last.
		else void this.#tellAgain(run);
		this.#wakeUp();
	}

	async #tellAgain(run: string): Promise<void> {
		const outbox = this.#outboxes.of(run);
		const pulse = await this.#options.link.pulseOf(run).catch(() => undefined);
		if (this.#membership?.run === run) return;
		if (!pulse) {
			outbox.drop();
			return;
		}
		outbox.heard(pulse.heard[this.#options.facts.agent] ?? 0);
		outbox.sendAgain();
		await outbox.pump();
	}

	#tell(membership: Membership, body: FromAgentBody): void {
		membership.outbox.add(body);
		if (body.kind !== "report" || body.isLast) this.#hurryUp();
	}

	#watchLease(membership: Membership): void {
		const { run, leaseMs, ending } = membership;
		if (!membership.isLeaseOver || ending !== undefined) return;
		this.#options.say(
			`run ${run}: no sign of its coordinator for ${leaseMs / 1_000} s; everybody leaves`,
		);
		membership.end("lease-over");
	}

	/** Free again. */
	#leaveIfOver(membership: Membership): void {
		if (this.#membership !== membership || !membership.isOver) return;
		const { ending, outbox, run, shards, isForgotten } = membership;
		if (ending === "released" || isForgotten) outbox.drop();
		this.#membership = undefined;
		this.#options.say(
			ending === "released" || isForgotten ? `run ${run} is over` : `run ${run}: all is reported`,
		);
		if (this.#isStopping) this.#finish(this.#stopEnd);
		else if (this.#options.once && shards.size > 0)
			this.#finish(ending === "released" ? "done" : "lost");
		else void this.#offering.renew();
	}

	#stop(): void {
		this.#isStopping = true;
		void this.#offering.end();
		const membership = this.#membership;
		if (membership) {
			if (membership.ending === undefined) this.#stopEnd = "left-run";
			membership.end("stopped");
			const { clock } = this.#options;
			const everybody = [...membership.shards.values()].map(({ over }) => over);
			void Promise.all(everybody)
				.then(() => clock.sleepUntil(clock.nowMs() + lastWordsWithinMs, this.#ended.signal))
				.then(() => this.#finish(this.#stopEnd));
		}
		this.#wakeUp();
	}

	#kill(): void {
		for (const shard of this.#membership?.shards.values() ?? []) shard.kill();
		this.#finish(this.#membership ? "left-run" : "stopped");
	}

	async #readPulse(membership: Membership): Promise<void> {
		if (this.#isReadingPulse) return;
		this.#isReadingPulse = true;
		try {
			const pulse = await this.#options.link.pulseOf(membership.run);
			membership.onPulse(pulse, this.#options.facts.agent);
			await membership.outbox.pump();
			this.#leaveIfOver(membership);
		} catch {
			// Redis is away: the lease runs on.
		} finally {
			this.#isReadingPulse = false;
		}
	}

	#offer(): Offer {
		const { facts, link, clock } = this.#options;
		const { offsetMs, errorMs } = link.clock;
		const run = this.#membership?.run;
		return {
			...facts,
			...(run === undefined ? {} : { run }),
			...{ clockOffsetMs: offsetMs, clockErrorMs: errorMs, atMs: clock.nowMs() + offsetMs },
		};
	}

	/** Tells in a moment what would else wait for the next second. */
	#hurryUp(): void {
		if (this.#isHurrying) return;
		this.#isHurrying = true;
		const { clock } = this.#options;
		void clock.sleepUntil(clock.nowMs() + hurryMs, this.#ended.signal).then(() => {
			this.#isHurrying = false;
			for (const shard of this.#membership?.shards.values() ?? []) shard.reportIfWanted();
			this.#outboxes.pump();
		});
	}

	#wakeUp(): void {
		this.#wake.abort();
		this.#wake = new AbortController();
	}

	#finish(end: AgentEnd): void {
		this.#end ??= end;
		this.#wakeUp();
	}
}
