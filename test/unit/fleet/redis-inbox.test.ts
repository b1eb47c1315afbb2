import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Inbox } from "../../../src/fleet/redis/inbox.js";

function inbox(heard?: Record<string, number>) {
	const delivered: [string, number][] = [];
	const of = new Inbox<number>((sender, message) => delivered.push([sender, message]), heard);
	return { of, delivered, take: (n: number, message?: number) => of.take("a", n, message ?? n) };
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test("whatever the order and the repeats, each sender's messages come once, in order", () => {
	const arrivals = fc.integer({ min: 1, max: 30 }).chain((count) =>
		fc
			.tuple(
				fc.shuffledSubarray(numbersTo(count), { minLength: count }),
				fc.array(fc.integer({ min: 1, max: count })),
			)
			.chain(([all, more]) =>
				fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }),
			)
			.map((arrived) => ({ count, arrived })),
	);
	fc.assert(
		fc.property(arrivals, fc.integer({ min: 0, max: 40 }), ({ count, arrived }, heard) => {
			const { of, delivered } = inbox({ b: heard });
			for (const n of arrived) for (const sender of ["a", "b"]) of.take(sender, n, n);
			const taken = (sender: string) =>
				delivered.filter(([from]) => from === sender).map(([, n]) => n);
			expect(taken("a")).toEqual(numbersTo(count));
			// What is after a gap waits for it.
			const after = numbersTo(count).slice(heard);
			expect(taken("b")).toEqual(after);
			expect(of.heard).toEqual({ a: count, b: Math.max(heard, count) });
		}),
	);
});

test("an invalid one takes its place: those after it do not wait", () => {
	const { of, delivered, take } = inbox();
	take(2);
	expect(of.take("a", 1, undefined)).toBe(true);
	expect(of.take("a", 1, undefined)).toBe(false);
	expect(delivered).toEqual([["a", 2]]);
	expect(of.heard).toEqual({ a: 2 });
});

test("what is lost is waited for until the second look, and then left out for good", () => {
	const { of, delivered, take } = inbox();
	for (const n of [1, 4, 5, 8]) take(n);
	expect(of.giveUpLost()).toEqual([]);
	expect(of.giveUpLost()).toEqual([{ sender: "a", from: 2, to: 3 }]);
	expect(delivered.map(([, n]) => n)).toEqual([1, 4, 5]);
	expect(take(3)).toBe(false);
	// The next gap has a time of its own.
	take(6);
	expect(of.giveUpLost()).toEqual([]);
	take(7);
	expect(of.giveUpLost()).toEqual([]);
	expect(of.giveUpLost()).toEqual([]);
	expect(delivered.map(([, n]) => n)).toEqual([1, 4, 5, 6, 7, 8]);
});

test("a number that no agent can have reached is not kept", () => {
	const { take } = inbox();
	expect(take(10_001)).toBe(false);
	expect(take(10_000)).toBe(true);
});
