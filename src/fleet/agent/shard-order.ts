import type { ToAgent } from "../to-agent.js";
import type { AllowList } from "./allow-list.js";
import type { ShardRun } from "./shard-run.js";
import { givenTo } from "./token-order.js";

/** What may be said to a shard that is there. */
export type ShardOrder = Extract<
	ToAgent,
	{ kind: "tokens" | "start" | "fault-began" | "fault-ended" | "kill-worker" }
>;

/** Does it. @param offsetMs Redis's clock, by which orders tell the time, minus ours */
export function obey(
	shard: ShardRun,
	order: ShardOrder,
	{ offsetMs, allowList }: { readonly offsetMs: number; readonly allowList: AllowList },
): void {
	switch (order.kind) {
		case "tokens":
			shard.giveTokens(givenTo(order, allowList));
			return;
		case "start":
			shard.start(order.startAtMs - offsetMs);
			return;
		case "fault-began": {
			const { number, beganAtMs, fromMs, withinMs, seats, blow } = order.watch;
			shard.beginFault({
				...{ number, beganAtMs: beganAtMs - offsetMs, withinMs, seats },
				...(fromMs === undefined ? {} : { fromMs: fromMs - offsetMs }),
				...(blow === undefined ? {} : { blow }),
			});
			return;
		}
		case "fault-ended":
			shard.endFault(order.fault, order.fromMs - offsetMs);
			return;
		case "kill-worker":
			shard.killWorker(order.worker);
			return;
		default:
			order satisfies never;
	}
}
