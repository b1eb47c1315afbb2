import { untilAborted } from "../../engine/until-aborted.js";
import type { Crew, CrewFleet, CrewPart } from "../../pool/crew.js";
import type { EngineFacts } from "../../pool/messages.js";
import type { TesterSoFar } from "../../run/resume-point.js";
import type { WorkerView } from "../../run/run-view.js";
import type { FromAgent } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import { closeFleet } from "./close-fleet.js";
import { deal } from "./deal.js";
import { machinesOf, partsOf, usedBy, workersOf } from "./fleet-figures.js";
import type { FleetOrder } from "./fleet-order.js";
import { FleetPeople } from "./fleet-people.js";
import { LeftOver } from "./left-over.js";
import { Losses } from "./losses.js";
import { muster, takeLead } from "./muster.js";
import { Pulses } from "./pulses.js";
import { Replacements } from "./replacements.js";
import { Roster } from "./roster.js";
import { ShardAccounts } from "./shard-accounts.js";
import type { ShardPost } from "./shard-post.js";
import { Shards } from "./shards.js";
import { tellShort } from "./short.js";

/** Orders are on their way for some hundredths of a second, tokens for some tenths. */
const startInMs = 2_500;
const beatEveryMs = 1_000;

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
	#link: CoordinatorLink | undefined;
	#leftOver: LeftOver | undefined;
	#closing: Promise<void> | undefined;
	#startAtMs: number | undefined;
	/** Agents, and what the run has in Redis, are ours. */
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
		this.#roster = new Roster({ ...order, link });
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
				this.#leads = false;
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
		await takeLead(link, order.run);
		this.#leads = true;
		if (order.resume) {
			this.#leftOver = new LeftOver(order, link);
			this.#listen(link);
			await this.#leftOver.take(order.resume);
		} else this.#listen(link);
		void this.#beats();
		const members = await muster(order, link, this.#roster);
		const shares = deal(
			order.plan,
			members.map(({ offer }) => offer.capacity),
		);
		tellShort(order, members);
		const fromMs = order.resume?.fromMs ?? 0;
		const posts = members.flatMap((member, i) => {
			const seats = (shares[i] ?? []).map(({ index }) => index);
			return seats.length === 0 ? [] : [this.#shards.give(member, seats, fromMs)];
		});
		await this.#unlessEnded(Promise.all(posts.map((post) => this.#shards.whenReady(post))));
		const atMs = order.clock.nowMs();
		for (const { name, offer, posts: own } of members) {
			const seats = own.reduce((sum, post) => sum + post.seats.length, 0);
			const { cores } = offer;
			order.listener.onEvent({ kind: "agent-joined", atMs, agent: name, cores, seats });
		}
		await this.#unlessEnded(Promise.all(posts.map((post) => this.#shards.feedFirst(post))));
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
		if (this.#leads) void this.#roster.releaseAll();
	}

	close(): Promise<void> {
		this.#stopped.abort();
		this.#closing ??= (async () => {
			this.#ended.abort();
			const [link, pulses, roster] = [this.#link, this.#pulses, this.#roster];
			if (this.#leads && link) await closeFleet(this.#order, link, { roster, pulses });
			// Where another one leads the run, it needs what is in Redis. A link may also be on its way still.
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

	#listen(link: CoordinatorLink): void {
		const { onProgress } = this.#order;
		link.onMessage(
			(agent, message) => {
				this.#pulses.onHeard(agent, message.seq);
				try {
					this.#onMessage(agent, message);
				} catch (error) {
					const words = error instanceof Error ? error.message : String(error);
					onProgress(`agent ${agent} sent what cannot be counted: ${words}`);
				}
			},
			(agent, problem) => onProgress(`agent ${agent} sent what is not valid: ${problem}`),
		);
	}

	#onMessage(agent: string, message: FromAgent): void {
		const member = this.#roster.get(agent);
		if (member) member.lastHeardMs = this.#order.clock.nowMs();
		if (message.kind === "reserved" || message.kind === "refused") {
			this.#roster.onAnswer(agent, message);
			return;
		}
		const post = this.#shards.postOf(agent, message.shard);
		if (post) {
			if (message.kind === "report") this.#accounts.onReport(post, message);
			else if (message.kind === "ready") this.#accounts.onReady(post, message);
			else this.#accounts.onFailed(post, message);
			this.#shards.onMessage(post, message);
		} else if (message.kind === "report") this.#leftOver?.onReport(message);
	}

	async #beats(): Promise<void> {
		const { clock } = this.#order;
		while (!this.#ended.signal.aborted) {
			this.#pulses.beat();
			const isStarted = this.#startAtMs !== undefined && !this.#pulses.isInDoubt;
			if (isStarted && !this.#stopped.signal.aborted) {
				this.#shards.feed();
				void this.#replacements.beat();
			}
			if (isStarted) this.#losses.watch();
			await clock.sleepUntil(clock.nowMs() + beatEveryMs, this.#ended.signal);
		}
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

	/** What is waited for before the start ends with the crew, or when the run is to stop. */
	#unlessEnded<T>(waiting: Promise<T>): Promise<T> {
		return untilAborted(this.#order.stop, waiting, "stopped while agents got ready");
	}
}
