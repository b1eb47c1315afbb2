import { describe, expect, test } from "vitest";
import { figures as allFigures, type Figure } from "../../../src/gate/figures.js";
import { runRounds } from "../../../src/gate/run-rounds.js";
import { SequentialJudge } from "../../../src/gate/sequential-judge.js";
import { looksOf } from "../../../src/gate/statistics/looks.js";
import { equal, simulatedSides, type World } from "./simulated-rounds.js";

const alpha = 0.05;
const looks = looksOf(4, 16, alpha);
const timed = allFigures.filter(({ metric }) => metric === "connect.media p95");
/** As many figures as judge in a real gate, each with noise of its own. */
const figures: readonly Figure[] = [
	...allFigures.filter(({ isShareOfParticipants }) => isShareOfParticipants),
	...Array.from({ length: 8 }, (_, i) =>
		timed.map((one): Figure => ({ ...one, metric: `time ${i}`, margin: { relative: 0.1 } })),
	).flat(),
];

async function gates(count: number, world: World) {
	let worse = 0;
	let same = 0;
	let pairs = 0;
	for (let seed = 1; seed <= count; seed++) {
		const judge = new SequentialJudge(figures, 0.9);
		const sides = simulatedSides(figures, world, seed);
		const { end, looks: taken } = await runRounds({
			...{ ...sides, judge, looks, warmUp: 0, retries: 0 },
		});
		if (end === "worse") worse += 1;
		if (end === "settled") same += 1;
		pairs += taken.at(-1)?.pairs ?? 0;
	}
	return { worse: worse / count, same: same / count, pairs: pairs / count };
}

/** Of the count in 1000 gates when the rate is alpha: three standard deviations above. */
const bound = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / 1000);

describe("over a thousand gates of a server against itself", () => {
	test.each(["normal", "spikes", "slow drift", "two levels"] as const)(
		"with noise of the kind %s at most alpha find a difference",
		async (noise) => {
			const { worse } = await gates(1000, { ...equal, noise, spread: 0.2 });
			expect(worse).toBeLessThanOrEqual(bound);
		},
		60_000,
	);

	test("with little noise nearly all are known to be the same, before the last look", async () => {
		const { same, pairs } = await gates(300, { ...equal, spread: 0.03 });
		expect(same).toBeGreaterThan(0.95);
		expect(pairs).toBeLessThan(12);
	}, 60_000);
});

describe("a candidate that is worse", () => {
	test("by three times the margin is caught nearly always, and soon", async () => {
		const { worse, pairs } = await gates(300, { ...equal, spread: 0.08, worseBy: 0.3 });
		expect(worse).toBeGreaterThan(0.99);
		expect(pairs).toBeLessThan(8);
	}, 60_000);

	test("by one join in fifty is caught in nineteen of twenty gates, with 150 joins a round", async () => {
		const failing = { baseline: 0, candidate: 0.02 };
		const { worse } = await gates(300, { ...equal, failing, participants: 150, spread: 0.05 });
		expect(worse).toBeGreaterThan(0.95);
	}, 60_000);

	test("is never called the same where it is worse by the margin", async () => {
		const { same } = await gates(1000, { ...equal, spread: 0.03, worseBy: 0.12 });
		expect(same).toBeLessThanOrEqual(bound);
	}, 60_000);
});
