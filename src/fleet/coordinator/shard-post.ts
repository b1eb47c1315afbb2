import { LifeAccount } from "../../pool/life-account.js";
import type { FromAgentKind } from "../from-agent.js";
import type { Member } from "./member.js";

type Report = FromAgentKind<"report">;

/** One part of the plan, as it is lived by one agent. Where another agent takes over, that is another post. */
export interface ShardPost {
	readonly shard: number;
	readonly member: Member;
	readonly seats: readonly number[];
	/** Where the plan is taken up, in plan time. */
	readonly fromMs: number;
	readonly account: LifeAccount;
	/** Lives that were counted as lost with the agent: what it tells of their end later is known already. */
	readonly closedLives: Set<string>;
	/** Nothing more of it is waited for: it was lived to its end, or its agent is lost. */
	isOver: boolean;
	isLost: boolean;
	isStarted: boolean;
	/** Worker processes that live it; known once it is ready. */
	workerCount: number;
	/** As the last report has it. */
	tester: Report["tester"];
	workers: Report["workers"];
}

/** One that nothing is known of yet. */
export function newPost(of: Pick<ShardPost, "shard" | "member" | "seats" | "fromMs">): ShardPost {
	return {
		...of,
		...{ account: new LifeAccount(), closedLives: new Set() },
		...{ isOver: false, isLost: false, isStarted: false, workerCount: 0, workers: [] },
		tester: { takenOver: 0, workersDied: 0, cpuSeconds: 0, maxRssBytes: 0 },
	};
}

export function lifeKey({ seat, life }: { seat: number; life: number }): string {
	return `${seat}:${life}`;
}
