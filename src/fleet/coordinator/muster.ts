import { UserError } from "../../error/user-error.js";
import type { CoordinatorLink } from "../link.js";
import type { FleetOrder } from "./fleet-order.js";
import { gather, misfitOf } from "./gather.js";
import type { Member } from "./member.js";
import type { Roster } from "./roster.js";

/** @throws UserError where another coordinator leads the run, or did so and wrote after its folder was read */
export async function takeLead(
	link: CoordinatorLink,
	{ run, resume }: Pick<FleetOrder, "run" | "resume">,
): Promise<void> {
	if (!(await link.lead()))
		throw new UserError({
			message: `Another livesoak leads the run ${run}.`,
			hint: "Stop that one first: two would count everybody twice.",
			exitCode: 1,
		});
	if (resume === undefined || (await resume.isAsRead())) return;
	throw new UserError({
		message: `Another livesoak led the run ${run} until just now, and went on with its folder.`,
		hint: "Resume it again: what was read of it lacks that.",
		exitCode: 1,
	});
}

/**
 * Waits for the agents that a run asks for, and takes them into it.
 * @throws UserError where there were not enough in time
 */
export async function muster(
	order: FleetOrder,
	link: CoordinatorLink,
	roster: Roster,
): Promise<Member[]> {
	const { clock, listener } = order;
	const offers = await gather({
		...order,
		offers: () => link.offers(),
		ask: (offer) => roster.ask(offer),
		giveBack: (offer) => roster.giveBack(offer),
		onRefused: ({ name }, reason) =>
			listener.onEvent({ kind: "agent-refused", atMs: clock.nowMs(), agent: name, reason }),
	});
	return offers.map((offer) => roster.admit(offer));
}

/**
 * One more agent, where one is free and fit: one that came late.
 * @returns undefined where there is none at the moment
 */
export async function musterLate(
	order: FleetOrder,
	link: CoordinatorLink,
	roster: Roster,
): Promise<Member | undefined> {
	const offers = await link.offers().catch(() => []);
	const offer = offers.find(
		(one) =>
			one.run === undefined &&
			roster.get(one.agent) === undefined &&
			misfitOf(one, order) === undefined,
	);
	if (!offer) return undefined;
	const { kind } = await roster.ask(offer);
	return kind === "reserved" ? roster.admit(offer) : undefined;
}
