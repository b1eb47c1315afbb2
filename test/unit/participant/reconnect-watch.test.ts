import { beforeEach, expect, test } from "vitest";
import { ReconnectWatch } from "../../../src/participant/reconnect-watch.js";
import type { RunEvent } from "../../../src/run/run-event.js";
import type { Sample } from "../../../src/sample/sample.js";

const labels = { engine: "native", ice: "direct", role: "both" } as const;
const ref = { seat: 3, life: 1 };
let samples: Sample[];
let events: RunEvent[];
let watch: ReconnectWatch;

beforeEach(() => {
	samples = [];
	events = [];
	const out = { emit: (s: Sample) => samples.push(s), tell: (e: RunEvent) => events.push(e) };
	watch = new ReconnectWatch(labels, ref, out);
});

test("a reconnect counts once, with its kind and how long it took", () => {
	watch.begin(1000, "resume");
	watch.end(1250);
	expect(samples).toEqual([{ kind: "reconnect", labels, cause: "resume", durationMs: 250 }]);
	expect(events).toEqual([
		{ kind: "reconnecting", atMs: 1000, ...ref, how: "resume" },
		{ kind: "reconnected", atMs: 1250, ...ref, durationMs: 250 },
	]);
});

test("told again while away it is still one, from its first moment", () => {
	watch.begin(1000, "resume");
	watch.begin(1100, "restart");
	watch.end(1250);
	watch.end(1300);
	expect(samples).toEqual([{ kind: "reconnect", labels, cause: "resume", durationMs: 250 }]);
	expect(events).toHaveLength(2);
});

test("one that never came back counts without a duration, once", () => {
	watch.begin(1000, "unknown");
	watch.abandon();
	watch.abandon();
	watch.end(2000);
	watch.begin(3000, "resume");
	watch.abandon();
	expect(samples).toEqual([{ kind: "reconnect", labels, cause: "unknown" }]);
});

test("without a reconnect there is nothing to tell", () => {
	watch.end(5);
	watch.abandon();
	expect([samples, events]).toEqual([[], []]);
});

test("the next one is counted from its own begin, and never negative", () => {
	watch.begin(0, "resume");
	watch.end(10);
	watch.begin(100, "restart");
	watch.end(90);
	expect(samples.map((sample) => sample.kind === "reconnect" && sample.durationMs)).toEqual([
		10, 0,
	]);
});
