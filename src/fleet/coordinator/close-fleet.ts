import { within } from "../../clock/within.js";
import type { CoordinatorLink } from "../link.js";
import type { FleetOrder } from "./fleet-order.js";
import type { Pulses } from "./pulses.js";
import type { Roster } from "./roster.js";

const pulseMs = 1_000;
const releaseMs = 3_000;
const freeMs = 5_000;
const forgetMs = 5_000;
const lookEveryMs = 200;

/**
 * Gives all agents back and takes away what the run left in Redis. Bounded in time, never rejects: who cannot be told
 * notices by its lease.
 */
export async function closeFleet(
	order: Pick<FleetOrder, "clock" | "run">,
	link: CoordinatorLink,
	of: { readonly roster: Roster; readonly pulses: Pulses },
): Promise<void> {
	const { clock } = order;
	const tried = (boundMs: number, work: Promise<unknown>) =>
		within(clock, boundMs, work).catch(() => undefined);
	await tried(pulseMs, of.pulses.last());
	await tried(releaseMs, of.roster.releaseAll());
	// What is forgotten before an agent has read it, it would never hear of.
	const given = new AbortController();
	await tried(freeMs, untilFree(order, link, given.signal));
	given.abort();
	await tried(forgetMs, link.forget());
	await link.close().catch(() => {});
}

async function untilFree(
	{ clock, run }: Pick<FleetOrder, "clock" | "run">,
	link: CoordinatorLink,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		const offers = await link.offers();
		if (offers.every((offer) => offer.run !== run)) return;
		await clock.sleepUntil(clock.nowMs() + lookEveryMs, signal);
	}
}
