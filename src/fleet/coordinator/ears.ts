import type { Clock } from "../../clock/clock.js";
import type { FromAgent } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import type { LeftOver } from "./left-over.js";
import type { Pulses } from "./pulses.js";
import type { Roster } from "./roster.js";
import type { ShardAccounts } from "./shard-accounts.js";
import type { Shards } from "./shards.js";

export interface Ears {
	readonly clock: Clock;
	readonly pulses: Pulses;
	readonly roster: Roster;
	readonly shards: Shards;
	readonly accounts: ShardAccounts;
	/** Of a run that goes on. */
	readonly leftOver: LeftOver | undefined;
	onProgress(line: string): void;
}

/** From now on each message of an agent goes to those whom it concerns; one that cannot be counted is told. */
export function listen(link: CoordinatorLink, ears: Ears): void {
	const { pulses, onProgress } = ears;
	link.onMessage(
		(agent, message) => {
			pulses.onHeard(agent, message.seq);
			try {
				hand(agent, message, ears);
			} catch (error) {
				const words = error instanceof Error ? error.message : String(error);
				onProgress(`agent ${agent} sent what cannot be counted: ${words}`);
			}
		},
		(agent, problem) => onProgress(`agent ${agent} sent what is not valid: ${problem}`),
	);
}

function hand(
	agent: string,
	message: FromAgent,
	{ clock, roster, shards, accounts, leftOver }: Ears,
): void {
	const member = roster.get(agent);
	if (member) member.lastHeardMs = clock.nowMs();
	if (message.kind === "reserved" || message.kind === "refused") {
		roster.onAnswer(agent, message);
		return;
	}
	const post = shards.postOf(agent, message.shard);
	if (post) {
		if (message.kind === "report") accounts.onReport(post, message);
		else if (message.kind === "ready") accounts.onReady(post, message);
		else accounts.onFailed(post, message);
		shards.onMessage(post, message);
	} else if (message.kind === "report") leftOver?.onReport(message);
}
