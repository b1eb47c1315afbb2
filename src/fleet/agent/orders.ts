import { UserError } from "../../error/user-error.js";
import { Supervisor } from "../../pool/supervisor.js";
import type { FromAgentBody } from "../from-agent.js";
import type { ToAgent, ToAgentKind } from "../to-agent.js";
import { shortened } from "./agent-event.js";
import type { AgentOptions } from "./agent-options.js";
import { Membership } from "./membership.js";
import type { Outboxes } from "./outboxes.js";
import { readShard } from "./read-shard.js";
import { obey } from "./shard-order.js";
import { ShardRun } from "./shard-run.js";

/** What the agent is told of what an order came to. */
export interface OrderListener {
	/** A run has it now, or has asked for it again. */
	readonly onReserved: () => void;
	/** What is in the outbox is waited for. */
	readonly onHurry: () => void;
	/** A shard is over, or the run: there may be nothing left of it. */
	readonly onChange: () => void;
}

/**
 * Takes the orders of runs, and knows the one run that this agent belongs to. It believes nothing: orders are
 * checked like files from a stranger, and what is refused is answered with the reason.
 */
export class Orders {
	readonly #options: AgentOptions;
	readonly #outboxes: Outboxes;
	readonly #listener: OrderListener;
	#membership: Membership | undefined;
	#isClosed = false;

	constructor(options: AgentOptions, outboxes: Outboxes, listener: OrderListener) {
		this.#options = options;
		this.#outboxes = outboxes;
		this.#listener = listener;
	}

	/** This agent's part in a run; undefined: it is free. */
	get membership(): Membership | undefined {
		return this.#membership;
	}

	/** Free again. */
	leave(): void {
		this.#membership = undefined;
	}

	/** From now on no run may reserve this agent. */
	close(): void {
		this.#isClosed = true;
	}

	on(order: ToAgent): void {
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
			this.#listener.onReserved();
		} else {
			outbox.add({ kind: "refused", run, why });
			say(`run ${run} was refused: ${why}`);
		}
		this.#listener.onHurry();
	}

	/** Why this agent cannot be a run's; undefined: it can. */
	#whyNot(run: string, version: string): string | undefined {
		const { name, livesoakVersion } = this.#options.facts;
		const membership = this.#membership;
		if (version !== livesoakVersion)
			return `agent ${name} is livesoak ${livesoakVersion}, the run is of livesoak ${version}`;
		if (this.#isClosed) return `agent ${name} is being stopped`;
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
				onHurry: this.#listener.onHurry,
			});
			membership.shards.set(shard, living);
			void living.over.then(this.#listener.onChange);
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
		this.#listener.onHurry();
	}

	#tell(membership: Membership, body: FromAgentBody): void {
		membership.outbox.add(body);
		if (body.kind !== "report" || body.isLast) this.#listener.onHurry();
	}

	/** Also where it ends already: nobody waits for the rest of it. */
	#release(run: string, membership: Membership | undefined): void {
		if (membership) membership.end("released");
		// It has ended by itself. Whoever leads the run now may have missed what was told last.
		else void this.#tellAgain(run);
		this.#listener.onChange();
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
}
