import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { OrderEnvelope } from "../../../src/fleet/redis/order-envelope.js";
import { OrderLine } from "../../../src/fleet/redis/order-line.js";

const order = (number: number, after = number - 1, sender = "a"): OrderEnvelope => ({
	...{ sender, number, after, order: number },
});

function orderLine() {
	const delivered: unknown[] = [];
	return { delivered, line: new OrderLine((each) => delivered.push(each)) };
}

test("whatever the order and the repeats, and whatever Redis did not take, orders come once, in order", () => {
	const sent = fc
		.array(fc.boolean(), { minLength: 1, maxLength: 20 })
		.map((isTaken) => {
			let after = 0;
			return isTaken.flatMap((taken, n) => {
				if (!taken) return [];
				const one = order(n + 1, after);
				after = n + 1;
				return [one];
			});
		})
		.chain((all) =>
			fc
				.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })
				.map((arrived) => ({ all, arrived })),
		);
	fc.assert(
		fc.property(sent, ({ all, arrived }) => {
			const { delivered, line } = orderLine();
			for (const each of arrived) line.take(each);
			expect(delivered).toEqual(all.map(({ number }) => number));
		}),
	);
});

test("one that was rejected and is in Redis all the same comes before those after it, or not at all", () => {
	const early = orderLine();
	for (const each of [order(1, 0), order(2, 1), order(3, 1)]) early.line.take(each);
	expect(early.delivered).toEqual([1, 2, 3]);
	const late = orderLine();
	for (const each of [order(1, 0), order(3, 1), order(2, 1)]) late.line.take(each);
	expect(late.delivered).toEqual([1, 3]);
});

test("one that Redis lost is waited for until the second look", () => {
	const { delivered, line } = orderLine();
	for (const number of [1, 3, 4, 7]) line.take(order(number));
	line.giveUpLost();
	expect(delivered).toEqual([1]);
	line.giveUpLost();
	expect(delivered).toEqual([1, 3, 4]);
	line.giveUpLost();
	expect(delivered).toEqual([1, 3, 4, 7]);
});

test("each sender counts for itself", () => {
	const { delivered, line } = orderLine();
	line.take(order(1, 0, "a"));
	line.take(order(1, 0, "b"));
	line.take(order(1, 0, "a"));
	expect(delivered).toEqual([1, 1]);
});
