import { expect, test } from "vitest";
import type { ChurnOrder } from "../../../../bench/churn/churn-order.js";
import { phasesOf } from "../../../../bench/churn/churn-order.js";
import { churnTable } from "../../../../bench/churn/churn-table.js";
import { findingsOf, memoryTolerancePerHour } from "../../../../bench/churn/findings.js";
import type { Reading } from "../../../../bench/churn/vitals.js";

const order: ChurnOrder = {
	...{ engine: "lite", ice: "direct", participants: 4, staySeconds: [1, 3] },
	...{ warmUpSeconds: 30, churnSeconds: 600, restSeconds: 20 },
};
const startAtMs = 1_700_000_000_000;
const { restBefore, restAfter } = phasesOf(order);

function readings(
	at: (seconds: number) => Partial<Reading>,
): ReadonlyMap<string, readonly Reading[]> {
	const all: Reading[] = [];
	for (let s = -5; s < restAfter.to; s += 2) all.push({ atMs: startAtMs + s * 1000, ...at(s) });
	return new Map([["worker 0", all]]);
}

const isEmptyAt = (s: number) =>
	[restBefore, restAfter].some(({ from, to }) => s >= from && s < to);

function only(at: (seconds: number) => Partial<Reading>) {
	const [finding, ...more] = findingsOf(order, { startAtMs, readings: readings(at) });
	expect(more).toEqual([]);
	return finding;
}

test("what is counted is back when it is at rest as it was, however much there was in between", () => {
	expect(only((s) => ({ fds: isEmptyAt(s) ? 22 : 60 }))).toMatchObject({
		...{ process: "worker 0", figure: "fds", verdict: "back" },
		...{ restBefore: 22, atStart: 60, atEnd: 60, restAfter: 22 },
	});
});

test("one more at rest than before was left behind; one less was not", () => {
	const after = (more: number) =>
		only((s) => ({ handles: 14 + (s >= restAfter.from ? more : 0) }))?.verdict;
	expect([after(1), after(0), after(-1)]).toEqual(["left behind", "back", "back"]);
});

test("a rest counts when it has settled: good-byes at its beginning are no leak", () => {
	const lingering = only((s) => ({
		sockets: s > restAfter.from && s < restAfter.from + 8 ? 40 : 2,
	}));
	expect(lingering?.verdict).toBe("back");
});

test("memory is judged by its slope, whatever it is at rest", () => {
	const perHour = (bytes: number) => (s: number) => ({
		rssBytes: 1e8 + (bytes * s) / 3600 + (isEmptyAt(s) ? -2e7 : 0),
	});
	expect(only(perHour(memoryTolerancePerHour * 1.2))?.verdict).toBe("grows");
	expect(only(perHour(memoryTolerancePerHour * 0.8))?.verdict).toBe("level");
	expect(only(perHour(0))?.slope?.perHour).toBeCloseTo(0);
});

test("without readings in the rests nothing is promised", () => {
	const finding = only((s) => (isEmptyAt(s) ? {} : { threads: 17 }));
	expect(finding).toMatchObject({ verdict: "unclear", restBefore: undefined, atEnd: 17 });
	expect(churnTable(finding ? [finding] : [])).toMatch(/worker 0: threads .*17\.0.*unclear/);
});
