import { untilAborted } from "../../engine/until-aborted.js";
import { deal } from "./deal.js";
import type { FleetOrder } from "./fleet-order.js";
import type { Member } from "./member.js";
import type { Shards } from "./shards.js";
import { tellShort } from "./short.js";

/**
 * Cuts the plan over these agents, has each get ready, and gives it what it needs first. Ends when the run is to stop.
 * @throws UserError when one of them cannot do it
 */
export async function getReady(
	order: FleetOrder,
	members: readonly Member[],
	shards: Shards,
): Promise<void> {
	const { plan, clock, listener, resume, stop } = order;
	const shares = deal(
		plan,
		members.map(({ offer }) => offer.capacity),
	);
	tellShort(order, members);
	const posts = members.flatMap((member, i) => {
		const seats = (shares[i] ?? []).map(({ index }) => index);
		return seats.length === 0 ? [] : [shards.give(member, seats, resume?.fromMs ?? 0)];
	});
	const unlessStopped = (waiting: Promise<unknown>[]) =>
		untilAborted(stop, Promise.all(waiting), "stopped while agents got ready");
	await unlessStopped(posts.map((post) => shards.whenReady(post)));
	const atMs = clock.nowMs();
	for (const { name, offer, posts: own } of members) {
		const seats = own.reduce((sum, post) => sum + post.seats.length, 0);
		listener.onEvent({ kind: "agent-joined", atMs, agent: name, cores: offer.cores, seats });
	}
	await unlessStopped(posts.map((post) => shards.feedFirst(post)));
}
