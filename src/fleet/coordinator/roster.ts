import type { Clock } from "../../clock/clock.js";
import { within } from "../../clock/within.js";
import type { CoordinatorLink } from "../link.js";
import type { Offer } from "../offer.js";
import type { Answer } from "./gather.js";
import { Member } from "./member.js";
import { Outbox } from "./outbox.js";

const answerWithinMs = 5_000;

export interface RosterOf {
	readonly run: string;
	readonly livesoakVersion: string;
	readonly clock: Clock;
	link(): CoordinatorLink;
	/** Whether another coordinator may lead the run by now: agents must hear nothing of this one. */
	isInDoubt(): boolean;
}

/** The machines of a run: those asked for, those that said yes, and how they are given back. */
export class Roster {
	readonly #of: RosterOf;
	readonly #members = new Map<string, Member>();
	/** All that may believe themselves to be of this run. */
	readonly #asked = new Set<string>();
	readonly #asking = new Map<string, (answer: Answer) => void>();
	#isClosed = false;

	constructor(of: RosterOf) {
		this.#of = of;
	}

	/** Lost ones too. */
	get members(): readonly Member[] {
		return [...this.#members.values()];
	}

	get living(): readonly Member[] {
		return this.members.filter(({ isLost }) => !isLost);
	}

	get(agent: string): Member | undefined {
		return this.#members.get(agent);
	}

	/** Asks an agent to be of the run; who does not answer in time has refused. */
	async ask({ agent }: Offer): Promise<Answer> {
		const { run, livesoakVersion, clock } = this.#of;
		const answered = new Promise<Answer>((resolve) => this.#asking.set(agent, resolve));
		try {
			this.#asked.add(agent);
			await this.#of.link().send(agent, { kind: "reserve", run, livesoakVersion });
			const answer: Answer = (await within(clock, answerWithinMs, answered)) ?? {
				kind: "refused",
				why: "does not answer",
			};
			// It may still say yes later.
			if (answer.kind === "refused") void this.#release(agent);
			return answer;
		} catch (error) {
			return { kind: "refused", why: error instanceof Error ? error.message : "cannot be asked" };
		} finally {
			this.#asking.delete(agent);
		}
	}

	/** One that said yes is not needed after all. Resolves when Redis has it. */
	async giveBack({ agent }: Offer): Promise<void> {
		await this.#release(agent);
		this.#asked.delete(agent);
	}

	/** What an agent said to being asked. */
	onAnswer(agent: string, answer: Answer): void {
		const settle = this.#asking.get(agent);
		if (settle) settle(answer);
		// Too late: it must not wait for a run that goes on without it.
		else if (answer.kind === "reserved" && !this.#members.has(agent)) void this.#release(agent);
	}

	/** Takes an agent that said yes into the run, under a name of its own. */
	admit(offer: Offer): Member {
		const names = new Set(this.members.map(({ name }) => name));
		const name = names.has(offer.name) ? `${offer.name}-${offer.agent.slice(-4)}` : offer.name;
		const { clock } = this.#of;
		const outbox = new Outbox(async (order) => {
			if (this.#of.isInDoubt()) throw new Error("waits until it is known who leads the run");
			await this.#of.link().send(offer.agent, order);
		}, clock);
		const member = new Member({ offer, name, outbox, nowMs: clock.nowMs() });
		this.#members.set(offer.agent, member);
		return member;
	}

	/** Gives a lost agent back, where it ever reads it. */
	dismiss(member: Member): void {
		void member.outbox.close({ kind: "release", run: this.#of.run });
	}

	/** They are somebody else's: nothing more is said to them. */
	abandon(): void {
		this.#isClosed = true;
		for (const { outbox } of this.#members.values()) void outbox.close();
	}

	/** Tells everyone that the run is over for them. Resolves when Redis has it. Idempotent. */
	async releaseAll(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		const release = { kind: "release", run: this.#of.run } as const;
		await Promise.all(
			[...this.#asked].map(async (agent) => {
				const member = this.#members.get(agent);
				if (member) await member.outbox.close(release);
				else await this.#release(agent);
			}),
		);
	}

	async #release(agent: string): Promise<void> {
		const { run } = this.#of;
		await this.#of
			.link()
			.send(agent, { kind: "release", run })
			.catch(() => {});
	}
}
