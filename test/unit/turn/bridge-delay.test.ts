import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { BridgeDelay } from "../../../src/turn/bridge-delay.js";

test("nothing recorded is told as nothing", () => {
	expect(new BridgeDelay().figures()).toMatchObject({ count: 0, p50Us: 0, p99Us: 0, maxUs: 0 });
});

test("percentiles in microseconds, never below the reading, and a histogram that adds up", () => {
	const delay = new BridgeDelay();
	for (let us = 1; us <= 100; us++) delay.record(us / 1000 - 0.0005);
	delay.record(-1);
	expect(delay.figures()).toMatchObject({ count: 101, p50Us: 50, p99Us: 99, maxUs: 100 });
	const once = decodeFromCompressedBase64(delay.figures().hdr);
	const twice = decodeFromCompressedBase64(delay.figures().hdr);
	twice.add(once);
	expect(twice.totalCount).toBe(202);
	expect(twice.getValueAtPercentile(50)).toBe(50);
});

test("an hour counts as the longest there is", () => {
	const delay = new BridgeDelay();
	delay.record(3_600_000);
	expect(delay.figures().maxUs).toBeGreaterThanOrEqual(60_000_000);
});

test("deltas hold what came since the last one, in the run's own unit", () => {
	const delay = new BridgeDelay();
	expect(delay.takeDelta()).toBeUndefined();
	delay.record(0.5);
	delay.record(0.25);
	expect(delay.takeDelta()).toMatchObject({ numerator: 750, denominator: 2, min: 250, max: 500 });
	expect(delay.takeDelta()).toBeUndefined();
	expect(delay.figures().count).toBe(2);
});
