import { expect, test } from "vitest";
import { LifeAccount } from "../../../src/pool/life-account.js";
import { PoolTally } from "../../../src/pool/pool-tally.js";
import type { Post } from "../../../src/pool/post.js";
import type { WorkerHandle } from "../../../src/pool/worker-handle.js";

function post(worker: number): Post {
	return {
		...{ worker, seats: [worker], account: new LifeAccount(), load: undefined },
		// Nothing of it but its id is asked here.
		handle: { pid: 100 + worker } as WorkerHandle,
		...{ lastHeardMs: 0, replacements: 0, finished: false },
		...{ cpuSecondsOfTheDead: 0, isKilledByPlan: false },
	};
}

const load = (cpuSeconds: number, rssBytes: number) => {
	return { cpu: 0.5, cpuSeconds, rssBytes, lagP99Ms: 2 };
};

test("what the dead have cost stays, and a fresh worker begins at nothing", () => {
	const [first, second] = [post(0), post(1)];
	const tally = new PoolTally([first, second], undefined);
	tally.onLoad(first, load(10, 300));
	tally.onLoad(second, load(4, 200));
	tally.onDeath(first, true);
	expect(tally.soFar).toEqual({ takenOver: 0, workersDied: 1, cpuSeconds: 14, maxRssBytes: 300 });
	expect(tally.workers).toMatchObject([
		{ worker: 0, pid: 100, cpu: 0, rssBytes: 0, lagP99Ms: 0 },
		{ worker: 1, pid: 101, cpu: 0.5, rssBytes: 200, lagP99Ms: 2 },
	]);
	tally.countTakenOver();
	tally.onLoad(first, load(1, 100));
	expect(tally.soFar).toEqual({ takenOver: 1, workersDied: 1, cpuSeconds: 15, maxRssBytes: 300 });
});

test("a worker that ends because it was stopped has not died", () => {
	const only = post(0);
	const tally = new PoolTally([only], undefined);
	tally.onLoad(only, load(3, 50));
	tally.onDeath(only, false);
	expect(tally.soFar).toEqual({ takenOver: 0, workersDied: 0, cpuSeconds: 3, maxRssBytes: 50 });
});

test("a run that is resumed counts on from where it was", () => {
	const only = post(0);
	const before = { takenOver: 2, workersDied: 1, cpuSeconds: 60, maxRssBytes: 500 };
	const tally = new PoolTally([only], before);
	expect(tally.soFar).toEqual(before);
	tally.onLoad(only, load(5, 400));
	tally.countTakenOver();
	tally.onDeath(only, true);
	expect(tally.soFar).toEqual({ takenOver: 3, workersDied: 2, cpuSeconds: 65, maxRssBytes: 500 });
});
