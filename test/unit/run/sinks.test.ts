import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/run/run-event.js";
import { Sinks } from "../../../src/run/sinks.js";
import type { Sink } from "../../../src/sink/sink.js";
import { aggregatesOf, runInfo, summaryOf, viewOf } from "../sink/fabricated-run.js";

const totals = aggregatesOf([]);
const view = viewOf(totals);
const summary = summaryOf(totals);
const event = (worker: number): RunEvent => ({ kind: "worker-started", atMs: 1, worker, pid: 9 });

/** A sink that writes down what it is told, and throws at one of its calls if it shall. */
function sink(name: string, log: string[], failsAt?: keyof Sink): Sink {
	const told = (call: keyof Sink, what = "") => {
		log.push(`${name} ${call}${what}`);
		if (call === failsAt) throw new Error(`${name} cannot ${call}`);
	};
	return {
		name,
		start: async () => told("start"),
		onView: () => told("onView"),
		onEvent: (event) => told("onEvent", event.kind === "worker-started" ? ` ${event.worker}` : ""),
		stop: async () => told("stop"),
	};
}

test("opened from last to first, closed from first to last, told in order", async () => {
	const log: string[] = [];
	const sinks = new Sinks();
	const all = [sink("a", log), sink("b", log)];
	await sinks.start(all, runInfo);
	sinks.onView(view);
	sinks.onEvent(event(1));
	await sinks.stop(summary);
	expect(log).toEqual([
		...["b start", "a start", "a onView", "b onView", "a onEvent 1", "b onEvent 1"],
		...["a stop", "b stop"],
	]);
});

test("what happened before they were open is told when they are, in order, once", async () => {
	const log: string[] = [];
	const sinks = new Sinks();
	const all = [sink("a", log)];
	sinks.onEvent(event(1));
	sinks.onEvent(event(2));
	expect(log).toEqual([]);
	await sinks.start(all, runInfo);
	sinks.onEvent(event(3));
	expect(log).toEqual(["a start", "a onEvent 1", "a onEvent 2", "a onEvent 3"]);
});

test.each(["onView", "onEvent"] as const)(
	"one that throws in %s is left out; the run and the others go on",
	async (call) => {
		const log: string[] = [];
		const sinks = new Sinks();
		const all = [sink("bad", log, call), sink("good", log)];
		await sinks.start(all, runInfo);
		for (let times = 0; times < 2; times++) {
			sinks.onView(view);
			sinks.onEvent(event(times));
		}
		expect(log.filter((line) => line.startsWith(`bad ${call}`))).toHaveLength(1);
		expect(log.filter((line) => line.startsWith("good on"))).toHaveLength(4);
	},
);

test("one that cannot be closed does not keep the others from closing", async () => {
	const log: string[] = [];
	const sinks = new Sinks();
	const all = [sink("bad", log, "stop"), sink("good", log)];
	await sinks.start(all, runInfo);
	await sinks.stop(summary);
	expect(log.slice(-2)).toEqual(["bad stop", "good stop"]);
});

test("one that cannot start ends the run before it begins", async () => {
	const log: string[] = [];
	const sinks = new Sinks();
	const all = [sink("good", log), sink("bad", log, "start")];
	await expect(sinks.start(all, runInfo)).rejects.toThrow("bad cannot start");
	expect(log).toEqual(["bad start"]);
});
