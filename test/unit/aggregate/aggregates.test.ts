import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { AggregatesSnapshot } from "../../../src/aggregate/snapshot.js";
import type { Sample } from "../../../src/sample/sample.js";
import { anySample } from "./any-sample.js";

function folded(samples: readonly Sample[]): Aggregates {
	const aggregates = new Aggregates();
	for (const sample of samples) fold(aggregates, sample);
	return aggregates;
}

function merged(...snapshots: AggregatesSnapshot[]): AggregatesSnapshot {
	const aggregates = new Aggregates();
	// Over the wire and back, as workers send them.
	for (const part of snapshots) aggregates.merge(JSON.parse(JSON.stringify(part)));
	return aggregates.snapshot();
}

const samples = fc.array(anySample, { maxLength: 60 });

describe("merging", () => {
	it("gives the same snapshot for any split of the samples over workers", () => {
		const placed = fc.array(fc.tuple(anySample, fc.integer({ min: 0, max: 3 })), { maxLength: 80 });
		fc.assert(
			fc.property(placed, (all) => {
				const whole = folded(all.map(([sample]) => sample)).snapshot();
				const parts = [0, 1, 2, 3].map((worker) =>
					folded(all.filter(([, at]) => at === worker).map(([sample]) => sample)).snapshot(),
				);
				expect(merged(...parts)).toEqual(whole);
				expect(JSON.stringify(merged(...parts))).toBe(JSON.stringify(whole));
			}),
			{ numRuns: 60 },
		);
	});

	it("gives the same snapshot for any cut into seconds", () => {
		fc.assert(
			fc.property(samples, fc.integer({ min: 1, max: 10 }), (all, size) => {
				const worker = new Aggregates();
				const seconds: AggregatesSnapshot[] = [];
				all.forEach((sample, index) => {
					fold(worker, sample);
					if (index % size === 0) seconds.push(worker.takeDelta());
				});
				seconds.push(worker.takeDelta());
				expect(merged(...seconds)).toEqual(folded(all).snapshot());
			}),
			{ numRuns: 60 },
		);
	});

	it("is commutative and associative", () => {
		fc.assert(
			fc.property(samples, samples, samples, (x, y, z) => {
				const [a, b, c] = [folded(x), folded(y), folded(z)].map((part) => part.snapshot());
				if (!a || !b || !c) throw new Error("three parts");
				expect(merged(a, b)).toEqual(merged(b, a));
				expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
			}),
			{ numRuns: 40 },
		);
	});

	it("takes either form of a snapshot, and what is decoded already", () => {
		fc.assert(
			fc.property(samples, samples, (x, y) => {
				const [a, b] = [folded(x), folded(y)];
				const whole = merged(a.snapshot(), b.snapshot());
				expect(merged(a.snapshot("wire"), b.snapshot("wire"))).toEqual(whole);
				const once = Aggregates.of(b.snapshot("wire"));
				const targets = [folded(x), folded(x)];
				for (const target of targets) target.merge(once);
				for (const target of targets) expect(target.snapshot()).toEqual(whole);
				expect(once.snapshot()).toEqual(b.snapshot());
			}),
			{ numRuns: 40 },
		);
	});

	it("has an empty snapshot as its neutral element", () => {
		const one = folded([{ kind: "lag", lagMs: 3 }]).snapshot();
		expect(merged(one, new Aggregates().snapshot())).toEqual(one);
	});

	it("refuses what another version recorded, and merges nothing of it", () => {
		const target = new Aggregates();
		const good = folded([{ kind: "lag", lagMs: 3 }]).snapshot();
		const alien = { ...good, counters: { "ghosts{}": 1 } };
		expect(() => target.merge(alien)).toThrow(/unknown counter/);
		const renamed = { counters: {}, distributions: { ghost: good.distributions["tester.lag"] } };
		expect(() => target.merge(renamed as AggregatesSnapshot)).toThrow(/unknown metric/);
		const label = { ...good, counters: { "lost{why=x}": 1 } };
		expect(() => target.merge(label)).toThrow(/unexpected labels/);
		const name = { ...good, counters: { "lost{cause=a b}": 1 } };
		expect(() => target.merge(name)).toThrow(/unexpected labels/);
		const half = { ...good, counters: { "lost{cause=timeout}": 0.5 } };
		expect(() => target.merge(half)).toThrow(/cannot add/);
		const torn = { "tester.lag": { ...good.distributions["tester.lag"], hdr: "HISTFAAA" } };
		expect(() => target.merge({ ...good, distributions: torn } as AggregatesSnapshot)).toThrow(
			RangeError,
		);
		expect(target.snapshot()).toEqual({ counters: {}, distributions: {} });
	});
});

describe("counters", () => {
	it("sum over the series that carry the given labels", () => {
		const aggregates = new Aggregates();
		aggregates.add("failures", { stage: "ice", cause: "timeout" }, 2);
		aggregates.add("failures", { stage: "ice", cause: "turn-unreachable" });
		aggregates.add("failures", { stage: "socket", cause: "timeout" }, 4);
		expect(aggregates.counter("failures")).toBe(7);
		expect(aggregates.counter("failures", { stage: "ice" })).toBe(3);
		expect(aggregates.counter("failures", { stage: "ice", cause: "timeout" })).toBe(2);
		expect(aggregates.counter("failures", { cause: "dns" })).toBe(0);
		expect(aggregates.series("failures")).toEqual([
			{ labels: { stage: "ice", cause: "timeout" }, value: 2 },
			{ labels: { stage: "ice", cause: "turn-unreachable" }, value: 1 },
			{ labels: { stage: "socket", cause: "timeout" }, value: 4 },
		]);
	});

	it("do not mix up names that begin alike", () => {
		const aggregates = new Aggregates();
		aggregates.add("packets", { direction: "sent" }, 10);
		aggregates.add("packetsLost", {}, -3);
		expect(aggregates.counter("packets")).toBe(10);
		expect(aggregates.counter("packetsLost")).toBe(-3);
	});

	it("key a series the same whatever the order of its labels", () => {
		const aggregates = new Aggregates();
		aggregates.add("failures", { stage: "ice", cause: "timeout" });
		aggregates.add("failures", { cause: "timeout", stage: "ice" });
		expect(aggregates.snapshot().counters).toEqual({ "failures{stage=ice,cause=timeout}": 2 });
	});

	it("refuse labels that could be identities or break the key, and counts that are none", () => {
		const aggregates = new Aggregates();
		expect(() => aggregates.add("lost", { cause: "a,b=c" })).toThrow(RangeError);
		expect(() => aggregates.add("lost", { cause: "user 1" })).toThrow(RangeError);
		expect(() => aggregates.add("lost", { cause: "timeout" }, 0.5)).toThrow(RangeError);
		expect(aggregates.snapshot().counters).toEqual({});
	});
});

describe("a metric nobody measured", () => {
	it("has no distribution instead of zeros", () => {
		const aggregates = new Aggregates();
		expect(aggregates.distribution("connect.media")).toBeUndefined();
		aggregates.recordRatio("rtp.loss", 0, 0);
		expect(aggregates.distribution("rtp.loss")).toBeUndefined();
		expect(aggregates.toSummary()).toEqual({});
	});
});
