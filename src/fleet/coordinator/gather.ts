import type { Clock } from "../../clock/clock.js";
import { UserError } from "../../error/user-error.js";
import type { Offer } from "../offer.js";

const lookEveryMs = 300;
/** An agent that has refused, or did not answer, is asked again after so long. */
const askAgainAfterMs = 2_000;

/** How an agent answers when it is asked to be of the run. */
export type Answer =
	| { readonly kind: "reserved" }
	| { readonly kind: "refused"; readonly why: string };

export interface Gathering {
	readonly clock: Clock;
	/** Names begin with the time: the earlier of two runs is the smaller one. */
	readonly run: string;
	readonly livesoakVersion: string;
	readonly agents: number;
	readonly waitMs: number;
	readonly labels: Readonly<Record<string, string>>;
	offers(): Promise<readonly Offer[]>;
	/** Bounded in time; who does not answer has refused. */
	ask(offer: Offer): Promise<Answer>;
	/** It is free again. */
	giveBack(offer: Offer): Promise<void>;
	onProgress(line: string): void;
	/** One that will not be taken however long it waits; once each. */
	onRefused(offer: Offer, reason: string): void;
	readonly stop: AbortSignal;
}

/**
 * Waits for so many agents that are free, fit and say yes. Where an earlier run has some and there are not enough for
 * both, it holds none: else two that begin at once could each wait for ever for what the other one has.
 * @throws UserError (exit 1) when there were not enough in time: who was there, and why the others are not
 */
export async function gather(of: Gathering): Promise<Offer[]> {
	const { clock, agents, stop } = of;
	const deadlineMs = clock.nowMs() + of.waitMs;
	const taken = new Map<string, Offer>();
	/** Why the others are not. */
	let others = new Map<string, { readonly name: string; readonly why: string }>();
	const refusals = new Map<string, { readonly why: string; readonly untilMs: number }>();
	const told = new Set<string>();
	let shown = "";
	let trouble = "";
	for (;;) {
		const offers = await of.offers().catch((error: Error) => {
			trouble = error.message;
			return [];
		});
		others = new Map();
		const fit: Offer[] = [];
		for (const offer of offers) {
			const { agent, name } = offer;
			if (taken.has(agent)) continue;
			const refusal = refusals.get(agent);
			const waits = refusal && clock.nowMs() < refusal.untilMs ? refusal.why : undefined;
			const misfit = misfitOf(offer, of);
			if (misfit !== undefined && !told.has(agent)) {
				told.add(agent);
				of.onRefused(offer, misfit);
			}
			const why = misfit ?? (offer.run === undefined ? waits : takenBy(offer.run, of.run));
			if (why === undefined) fit.push(offer);
			else others.set(agent, { name, why });
		}
		const isAfterAnother = offers.some(
			(offer) => offer.run !== undefined && offer.run < of.run && !misfitOf(offer, of),
		);
		if (isAfterAnother && taken.size + fit.length < agents) {
			await Promise.all([...taken.values()].map((offer) => of.giveBack(offer)));
			taken.clear();
			fit.length = 0;
		}
		const asked = fit.slice(0, agents - taken.size);
		const answers = await Promise.all(asked.map((offer) => of.ask(offer)));
		for (const [i, answer] of answers.entries()) {
			const offer = asked[i];
			if (!offer) continue;
			if (answer.kind === "reserved") taken.set(offer.agent, offer);
			else {
				const { why } = answer;
				refusals.set(offer.agent, { why, untilMs: clock.nowMs() + askAgainAfterMs });
				others.set(offer.agent, { name: offer.name, why });
			}
		}
		const line = progressLine(agents, [...taken.values()], [...others.values()]);
		if (line !== shown) of.onProgress(line);
		shown = line;
		if (taken.size >= agents) return [...taken.values()];
		if (stop.aborted) throw new Error("stopped while waiting for agents");
		if (clock.nowMs() >= deadlineMs)
			throw tooFew(of, [...taken.values()], [...others.values()], trouble);
		await clock.sleepUntil(Math.min(deadlineMs, clock.nowMs() + lookEveryMs), stop);
	}
}

function takenBy(run: string, ours: string): string {
	return run === ours ? "is being given back" : "is taken by another run";
}

/** Why an agent can never be of this run; undefined where it can. */
export function misfitOf(
	offer: Offer,
	{ livesoakVersion, labels }: Pick<Gathering, "livesoakVersion" | "labels">,
): string | undefined {
	if (offer.livesoakVersion !== livesoakVersion)
		return `runs livesoak ${offer.livesoakVersion}, and this is ${livesoakVersion}`;
	for (const [key, value] of Object.entries(labels))
		if (offer.labels[key] !== value) return `has no label ${key}=${value}`;
	return undefined;
}

type Other = { readonly name: string; readonly why: string };

function progressLine(wanted: number, taken: readonly Offer[], others: readonly Other[]): string {
	const names = taken.length === 0 ? "" : `: ${taken.map(({ name }) => name).join(", ")}`;
	return [`agents: ${taken.length} of ${wanted}${names}`, ...others.map(otherText)].join("; ");
}

function tooFew(
	{ agents, waitMs }: Gathering,
	taken: readonly Offer[],
	others: readonly Other[],
	trouble: string,
): UserError {
	const names = taken.length === 0 ? "" : ` (${taken.map(({ name }) => name).join(", ")})`;
	const rest = [...others.map(otherText), ...(trouble === "" ? [] : [trouble])].join("; ");
	return new UserError({
		message: `${taken.length} of ${agents} agents were there within ${waitMs / 1000} s${names}${rest === "" ? "" : `; ${rest}`}.`,
		hint: "Start agents with livesoak agent --redis …, wait for longer (--wait 5m), or ask for fewer (--agents).",
		exitCode: 1,
	});
}

function otherText({ name, why }: Other): string {
	return `${name} ${why}`;
}
