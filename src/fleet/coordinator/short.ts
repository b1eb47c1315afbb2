import { engineNames } from "../../engine/engine-name.js";
import { countSeats, shareOf, sumOf } from "./deal.js";
import type { FleetOrder } from "./fleet-order.js";
import type { Member } from "./member.js";

/** Says where the agents offer to hold fewer than the plan has: they are loaded all the same, for nothing is clamped. */
export function tellShort(
	{ plan, listener, clock, onProgress }: FleetOrder,
	members: readonly Member[],
): void {
	const offered = sumOf(members.map(({ offer }) => offer.capacity));
	const share = shareOf(offered, plan.seats);
	if (share <= 1) return;
	const needed = countSeats(plan.seats);
	const engines = engineNames.filter((name) => needed[name] > 0);
	const words = engines.map((name) => `${needed[name]} ${name} (${offered[name]} offered)`);
	onProgress(
		`the plan is ${Math.round(share * 100)} % of what the agents offer to hold: ${words.join(", ")}`,
	);
	const atMs = clock.nowMs();
	for (const engine of engines)
		listener.onEvent({
			...{ kind: "capacity-short", atMs, engine },
			...{ needed: needed[engine], offered: offered[engine] },
		});
}
