import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Impairment, impairment } from "../../../src/impair/impairment.js";
import { PacketFate } from "../../../src/impair/packet-fate.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const ms = fc.double({ min: 0, max: 500, noNaN: true });
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
/** Gaps between packets in ms, and the bytes of each. */
const traffic = fc.array(
	fc.tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.integer({ min: 60, max: 1500 })),
	{
		minLength: 1,
		maxLength: 200,
	},
);
const asked = fc
	.record({
		lossRatio: share,
		delayMs: ms,
		jitterMs: ms,
		duplicateRatio: share,
		reorderRatio: share,
	})
	.map((figures) => impairment({ ...figures, reorderMs: figures.reorderRatio > 0 ? 30 : 0 }));

interface Decided {
	readonly atMs: number;
	readonly bytes: number;
	readonly dueMs: readonly number[];
}

function decided(
	packets: readonly (readonly [gapMs: number, bytes: number])[],
	what: Partial<Impairment>,
	seed = 1,
	direction = 0,
): { fates: Decided[]; counts: PacketFate["counts"] } {
	const fate = new PacketFate(seed, direction);
	fate.set(impairment(what));
	let atMs = 1000;
	const fates = packets.map(([gapMs, bytes]) => {
		atMs += gapMs;
		return { atMs, bytes, dueMs: fate.decide(atMs, bytes) };
	});
	return { fates, counts: fate.counts };
}

const steady = Array.from({ length: 20_000 }, () => [1, 200] as const);

describe("a packet's fate", () => {
	it("is to pass at once where nothing is asked for", () => {
		fc.assert(
			fc.property(traffic, seeds, (packets, seed) => {
				for (const { atMs, dueMs } of decided(packets, {}, seed).fates)
					expect(dueMs).toEqual([atMs]);
			}),
		);
	});

	it("is the same for the same seed, and another for the other direction", () => {
		fc.assert(
			fc.property(traffic, asked, seeds, (packets, what, seed) => {
				expect(decided(packets, what, seed)).toEqual(decided(packets, what, seed));
			}),
		);
		const what = { lossRatio: 0.5 };
		expect(decided(steady, what, 1, 0)).not.toEqual(decided(steady, what, 1, 1));
	});

	it("keeps every copy between the delay and the delay with all that may be added", () => {
		fc.assert(
			fc.property(traffic, asked, seeds, (packets, what, seed) => {
				const { delayMs, jitterMs, reorderMs } = what;
				for (const { atMs, dueMs } of decided(packets, what, seed).fates) {
					for (const each of dueMs) {
						expect(each).toBeGreaterThanOrEqual(atMs + delayMs);
						expect(each).toBeLessThanOrEqual(atMs + delayMs + jitterMs + reorderMs + 1e-6);
					}
				}
			}),
		);
	});

	it("does not depend on what else is asked for: losses stay, delays stay", () => {
		fc.assert(
			fc.property(traffic, asked, seeds, (packets, what, seed) => {
				const alone = decided(packets, { jitterMs: what.jitterMs, delayMs: what.delayMs }, seed);
				const lossy = decided(packets, { ...what, duplicateRatio: 0, ...noReordering }, seed);
				const doubled = decided(packets, { ...what, ...noReordering }, seed);
				lossy.fates.forEach(({ dueMs: [dueMs] }, n) => {
					if (dueMs !== undefined) expect(dueMs).toBe(alone.fates[n]?.dueMs[0]);
					expect(doubled.fates[n]?.dueMs[0]).toBe(dueMs);
				});
			}),
		);
	});

	it("is counted, whatever it is", () => {
		fc.assert(
			fc.property(
				traffic,
				asked,
				fc.integer({ min: 1, max: 5000 }),
				(packets, what, kilobitsPerSecond) => {
					const { fates, counts } = decided(packets, { ...what, kilobitsPerSecond });
					expect(counts.taken).toBe(packets.length);
					expect(counts.lost + counts.overflowed).toBe(
						fates.filter(({ dueMs }) => dueMs.length === 0).length,
					);
					expect(counts.duplicated).toBe(fates.filter(({ dueMs }) => dueMs.length === 2).length);
				},
			),
		);
	});

	it.each([
		["lossRatio", "lost", 0.05],
		["duplicateRatio", "duplicated", 0.01],
		["reorderRatio", "heldBack", 0.02],
	] as const)("has the share that %s asks for", (name, count, ratio) => {
		const what = { [name]: ratio, ...(name === "reorderRatio" ? { reorderMs: 40 } : {}) };
		const { counts } = decided(steady, what, 7);
		// Five standard deviations of the binomial: the seed is fixed, so this holds or fails for ever.
		const margin = 5 * Math.sqrt((ratio * (1 - ratio)) / steady.length);
		expect(Math.abs(counts[count] / steady.length - ratio)).toBeLessThan(margin);
	});

	it("spreads the delay evenly", () => {
		const { fates } = decided(steady, { jitterMs: 20 });
		const tenths = Array.from({ length: 10 }, () => 0);
		for (const { atMs, dueMs } of fates) {
			const tenth = Math.floor(((dueMs[0] ?? 0) - atMs) / 2);
			tenths[tenth] = (tenths[tenth] ?? 0) + 1;
		}
		for (const many of tenths) expect(Math.abs(many - 2000)).toBeLessThan(5 * Math.sqrt(1800));
	});

	it("is loss without exception in a partition", () => {
		for (const { dueMs } of decided(steady, { lossRatio: 1 }).fates) expect(dueMs).toEqual([]);
	});
});

const noReordering = { reorderRatio: 0, reorderMs: 0 };

describe("a narrow pipe", () => {
	it("never lets more through than its width, keeps the order, and nothing waits longer than its queue", () => {
		fc.assert(
			fc.property(
				traffic,
				fc.integer({ min: 1, max: 20_000 }),
				fc.integer({ min: 0, max: 300 }),
				(packets, kilobitsPerSecond, queueMs) => {
					const passed = decided(packets, { kilobitsPerSecond, queueMs }).fates.flatMap(
						({ atMs, bytes, dueMs: [dueMs] }) =>
							dueMs === undefined ? [] : [{ atMs, bytes, dueMs }],
					);
					let lastMs = Number.NEGATIVE_INFINITY;
					for (const { atMs, bytes, dueMs } of passed) {
						const sendingMs = (bytes * 8) / kilobitsPerSecond;
						expect(dueMs - sendingMs).toBeGreaterThanOrEqual(Math.max(atMs, lastMs) - 1e-6);
						expect(dueMs - sendingMs - atMs).toBeLessThanOrEqual(queueMs + 1e-6);
						lastMs = dueMs;
					}
				},
			),
		);
	});

	it("drops only what does not fit", () => {
		// 125 bytes are 1 ms on this pipe: ten at once fill a queue of 5 ms with six, the one on its way included.
		const atOnce = Array.from({ length: 10 }, () => [0, 125] as const);
		const { fates, counts } = decided(atOnce, { kilobitsPerSecond: 1000, queueMs: 5 });
		expect(fates.map(({ dueMs }) => dueMs.map((each) => each - 1000))).toEqual([
			...[[1], [2], [3], [4], [5], [6]],
			...[[], [], [], []],
		]);
		expect(counts.overflowed).toBe(4);
	});
});

describe("what is asked for", () => {
	it.each([
		[{ lossRatio: 1.5 }, "lossRatio: 1.5, expected from 0 to 1"],
		[{ duplicateRatio: -0.1 }, "duplicateRatio: -0.1, expected from 0 to 1"],
		[{ delayMs: Number.NaN }, "delayMs: NaN, expected from 0 to 60000"],
		[{ jitterMs: 60_001 }, "jitterMs: 60001, expected from 0 to 60000"],
		[{ kilobitsPerSecond: 0 }, "kilobitsPerSecond: 0, expected above 0"],
		[
			{ reorderRatio: 0.1 },
			"reorderMs: 0, expected above 0 together with reorderRatio, or neither",
		],
	])("is refused where it cannot be: %o", (what, sentence) => {
		expect(() => impairment(what)).toThrow(new RangeError(sentence));
	});
});
