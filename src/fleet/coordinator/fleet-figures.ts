import type { CrewFleet, CrewPart } from "../../pool/crew.js";
import type { TesterSoFar } from "../../run/resume-point.js";
import type { WorkerView } from "../../run/run-view.js";
import type { Member } from "./member.js";
import type { ShardPost } from "./shard-post.js";

/** The worker processes of all machines that are there. */
export function workersOf(posts: readonly ShardPost[]): WorkerView[] {
	return posts
		.filter(({ isLost }) => !isLost)
		.flatMap(({ member, shard, workers }) =>
			workers.map((view) => ({
				...view,
				...{ agent: member.name, worker: member.workerNumber(shard, view.worker) },
			})),
		);
}

/** What is judged machine by machine. */
export function partsOf(members: readonly Member[]): CrewPart[] {
	return members.map(({ name, totals, cpuSeconds, offer }) => {
		return { name, totals, cpuSeconds, cores: Math.max(1, offer.cores) };
	});
}

export function machinesOf(
	members: readonly Member[],
	nowMs: number,
): Pick<CrewFleet, "agents" | "views"> {
	return {
		agents: members.map((member) => member.facts()),
		views: members.map((member) => member.view(nowMs)),
	};
}

/** @param before of the run before its coordinator was killed */
export function usedBy(
	posts: readonly ShardPost[],
	takenOver: number,
	before: TesterSoFar = { takenOver: 0, workersDied: 0, cpuSeconds: 0, maxRssBytes: 0 },
): TesterSoFar {
	const sum = (key: "workersDied" | "cpuSeconds") =>
		posts.reduce((total, { tester }) => total + tester[key], before[key]);
	return {
		takenOver: before.takenOver + takenOver,
		...{ workersDied: sum("workersDied"), cpuSeconds: sum("cpuSeconds") },
		maxRssBytes: Math.max(before.maxRssBytes, ...posts.map(({ tester }) => tester.maxRssBytes)),
	};
}
