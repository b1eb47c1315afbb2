import type { Crew, CrewFleet, CrewPart } from "../../pool/crew.js";
import type { EngineFacts } from "../../pool/messages.js";
import type { TesterSoFar } from "../../run/resume-point.js";
import type { WorkerView } from "../../run/run-view.js";
import type { CoordinatorLink } from "../link.js";
import { closeFleet } from "./close-fleet.js";
import { listen } from "./ears.js";
import { machinesOf, partsOf, usedBy, workersOf } from "./fleet-figures.js";
import type { FleetOrder } from "./fleet-order.js";
import { FleetPeople } from "./fleet-people.js";
import { getReady } from "./get-ready.js";
import { beats } from "./heartbeat.js";
import { LeftOver } from "./left-over.js";
import { Losses } from "./losses.js";
import { muster, takeLead } from "./muster.js";
import { Pulses } from "./pulses.js";
import { Replacements } from "./replacements.js";
import { Roster } from "./roster.js";
import { ShardAccounts } from "./shard-accounts.js";
import type { ShardPost } from "./shard-post.js";
import { Shards } from "./shards.js";

/** Orders are on their way for some hundredths of a second, tokens for some tenths. */
const startInMs = 2_500;

/** Many machines that live a plan: agents, over Redis. */
export class FleetCrew implements Crew {
	readonly startInMs = startInMs;
	readonly engines = new Map<string, EngineFacts>();
	readonly people: FleetPeople;
	readonly finished: Promise<void>;
	readonly #order: FleetOrder;
	readonly #roster: Roster;
	readonly #shards: Shards;
	readonly #accounts: ShardAccounts;
	readonly #pulses: Pulses;
	readonly #replacements: Replacements;
	readonly #losses: Losses;
	readonly #stopped = new AbortController();
	readonly #ended = new AbortController();
	/** Until then it holds the lead. */
	readonly #closed = new AbortController();
	#link: CoordinatorLink | undefined;
	#leftOver: LeftOver | undefined;
	#closing: Promise<void> | undefined;
	#startAtMs: number | undefined;
	/** From its taking the lead on, until it is given up. */
	#leads = false;
	#finish: () => void = () => {};
	#fail: (error: Error) => void = () => {};

	constructor(given: FleetOrder) {
		// Whatever it waits for ends with it.
		const stop = AbortSignal.any([given.stop, this.#ended.signal]);
		const order = { ...given, stop };
		this.#order = order;
		const { clock, plan, run, listener, resume } = order;
		const link = () => this.#linkNow();
		this.#roster = new Roster({ ...order, link, isInDoubt: () => this.isInDoubt });
		this.#shards = new Shards(order, { link, nowInPlan: () => this.#planMs });
		this.#accounts = new ShardAccounts(order, {
			link,
			engines: this.engines,
			startAtMs: () => this.#startAtMs,
			isStopping: () => this.#stopped.signal.aborted,
			want: (post, identities) => this.#shards.want(post, identities),
			onOver: (post) => this.#onOver(post),
			onGaveUp: (post, reason, lost) => this.#losses.lose(post.member, reason, lost),
		});
		this.#pulses = new Pulses({
			...{ run, clock, link, heard: resume?.heard },
			onDeposed: (error) => {
				this.#roster.abandon();
				this.#fail(error);
			},
		});
		this.#replacements = new Replacements(order, {
			...{ link, roster: this.#roster, shards: this.#shards },
			nowInPlan: () => this.#planMs,
			startAtMs: () => this.#startAtMs ?? clock.nowMs(),
			onReplaced: (seats) => listener.onReplaced?.(seats),
			onUnfit: (member, reason) => this.#losses.lose(member, reason),
			onGivenUp: (error) => this.#fail(error),
			onSettled: () => this.#checkEnd(),
		});
		this.#losses = new Losses(order, {
			...{ roster: this.#roster, accounts: this.#accounts },
			isStopping: () => this.#stopped.signal.aborted,
			need: (seats, lost) => this.#replacements.need(seats, lost),
			onOver: (post) => this.#onOver(post),
			onAllLost: (error) => this.#fail(error),
		});
		this.people = new FleetPeople({
			...{ run, plan, posts: () => this.#shards.posts, clock: () => link().clock },
		});
		this.finished = new Promise((resolve, reject) => {
			this.#finish = resolve;
			this.#fail = reject;
		});
		// The caller may be waiting elsewhere when the crew is lost.
		this.finished.catch(() => {});
	}

	/** Finds the agents, cuts the plan over them and has each get ready. */
	async prepare(): Promise<void> {
		const { order, link } = { order: this.#order, link: await this.#open() };
		await takeLead(link, order);
		this.#leads = true;
		this.#leftOver = order.resume && new LeftOver(order, link);
		listen(link, {
			...{ clock: order.clock, pulses: this.#pulses, roster: this.#roster, shards: this.#shards },
			...{ accounts: this.#accounts, leftOver: this.#leftOver },
			onProgress: order.onProgress,
		});
		if (order.resume) await this.#leftOver?.take(order.resume);
		void this.#beats();
		await getReady(order, await muster(order, link, this.#roster), this.#shards);
	}

	start(startAtMs: number): void {
		this.#startAtMs = startAtMs;
		const heardMs = Math.max(this.#order.clock.nowMs(), startAtMs);
		for (const member of this.#roster.members) member.lastHeardMs = heardMs;
		for (const post of this.#shards.posts) this.#shards.start(post, startAtMs);
	}

	stop(): void {
		if (this.#stopped.signal.aborted) return;
		this.#stopped.abort();
		const { run } = this.#order;
		if (this.#leads)
			for (const { outbox } of this.#roster.living) outbox.post({ kind: "stop", run });
		this.#checkEnd();
	}

	/** To be called before each view: what the view before it shows is on the disk by now. */
	watch(): void {
		this.#pulses.onView();
	}

	kill(): void {
		this.#stopped.abort();
		this.#ended.abort();
		if (this.#mayAct) void this.#roster.releaseAll();
	}

	close(): Promise<void> {
		this.#stopped.abort();
		this.#closing ??= (async () => {
			this.#ended.abort();
			this.#closed.abort();
			const [link, pulses, roster] = [this.#link, this.#pulses, this.#roster];
			if (this.#mayAct && link) await closeFleet(this.#order, link, { roster, pulses });
			// Where another one may lead the run, it needs what is in Redis. A link may also be on its way still.
			else await link?.close().catch(() => {});
		})();
		return this.#closing;
	}

	get isInDoubt(): boolean {
		return this.#pulses.isInDoubt;
	}

	get workers(): WorkerView[] {
		return workersOf(this.#shards.posts);
	}

	get parts(): CrewPart[] {
		return partsOf(this.#roster.members);
	}

	get fleet(): CrewFleet {
		return {
			...machinesOf(this.#roster.members, this.#order.clock.nowMs()),
			...{ heard: this.#pulses.heard, lost: this.#losses.count },
		};
	}

	get workerCount(): number {
		return this.#shards.posts.reduce((sum, { workerCount }) => sum + workerCount, 0);
	}

	get cores(): number {
		return this.parts.reduce((sum, { cores }) => sum + cores, 0) || 1;
	}

	get soFar(): TesterSoFar {
		const takenOver = this.#accounts.takenOver + (this.#leftOver?.takenOver ?? 0);
		return usedBy(this.#shards.posts, takenOver, this.#order.resume?.before);
	}

	/** Agents, and what the run has in Redis, are ours for certain. */
	get #mayAct(): boolean {
		return this.#leads && !this.isInDoubt;
	}

	get #planMs(): number {
		const { clock, resume } = this.#order;
		// Before it begins it stands where it will begin.
		return this.#startAtMs === undefined
			? (resume?.fromMs ?? 0) - startInMs
			: clock.nowMs() - this.#startAtMs;
	}

	#linkNow(): CoordinatorLink {
		if (!this.#link) throw new Error("the link to the agents is not open");
		return this.#link;
	}

	async #open(): Promise<CoordinatorLink> {
		const link = await this.#order.openLink();
		if (this.#closing) {
			await link.close();
			throw new Error("closed before it was prepared");
		}
		this.#link = link;
		return link;
	}

	#beats(): Promise<void> {
		const of = {
			...{ ...this.#order, pulses: this.#pulses, shards: this.#shards, losses: this.#losses },
			replacements: this.#replacements,
			isStarted: () => this.#startAtMs !== undefined,
			isStopping: () => this.#stopped.signal.aborted,
			onCutOff: (error: Error) => {
				// What agents still have to tell is for who goes on with the run.
				this.#leads = false;
				this.#closed.abort();
				this.#roster.abandon();
				this.#fail(error);
			},
		};
		return beats(of, this.#closed.signal);
	}

	#onOver(post: ShardPost): void {
		post.isOver = true;
		this.#shards.close(post);
		this.#checkEnd();
	}

	#checkEnd(): void {
		if (this.#startAtMs === undefined) return;
		if (!this.#stopped.signal.aborted && this.#replacements.isBusy) return;
		if (this.#shards.posts.every(({ isOver }) => isOver)) this.#finish();
	}
}
