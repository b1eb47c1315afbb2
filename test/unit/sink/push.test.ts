import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { PushSink } from "../../../src/sink/push.js";
import type { Push, PushReceiver } from "../../../src/sink/push-receiver.js";
import { aggregatesOf, runInfo, samples, summaryOf, viewOf } from "./fabricated-run.js";

const totals = aggregatesOf(samples);
const summary = summaryOf(totals);

/** What became of one push. */
interface Seen {
	readonly push: Push;
	readonly signal: AbortSignal;
	readonly end: (error?: Error) => void;
}

/** A receiver that answers when the test says so. */
class HeldReceiver implements PushReceiver {
	readonly name = "--otlp http://host/v1/metrics";
	readonly seen: Seen[] = [];

	push(push: Push, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const end = (error?: Error) => (error ? reject(error) : resolve());
			this.seen.push({ push, signal, end });
		});
	}

	/** Lets the push that came last end. */
	async end(error?: Error): Promise<void> {
		this.seen.at(-1)?.end(error);
		await setImmediate();
	}
}

async function started(options: { kill?: AbortSignal; secrets?: string[] } = {}) {
	const clock = new ManualClock(1_000);
	const receiver = new HeldReceiver();
	const told: string[] = [];
	const onTrouble = (line: string) => void told.push(line);
	const sink = new PushSink({ receiver, clock, onTrouble, ...options });
	await sink.start(runInfo);
	const second = (n: number) => sink.onView(viewOf(totals, { nowMs: n * 1_000 }));
	return { sink, clock, receiver, told, second };
}

/** Ends every push from now on at once. */
function answering(receiver: HeldReceiver, error?: Error): void {
	const held = receiver.push.bind(receiver);
	receiver.push = (push, signal) => {
		const answer = held(push, signal);
		receiver.seen.at(-1)?.end(error);
		return answer;
	};
}

describe("when it pushes", () => {
	test("with the first view, every five seconds, and once at the end", async () => {
		const { sink, receiver, told, second } = await started();
		answering(receiver);
		for (let n = 1; n <= 12; n++) {
			second(n);
			await setImmediate();
		}
		expect(receiver.seen.map(({ push }) => push.atMs)).toEqual([1_000, 6_000, 11_000]);
		await sink.stop();
		expect(receiver.seen.map(({ push }) => push.atMs).at(-1)).toBe(12_000);
		expect(receiver.seen).toHaveLength(4);
		expect(told).toEqual([]);
	});

	test("a slow receiver gets one push at a time, and the view of that moment when it is free", async () => {
		const { sink, receiver, second } = await started();
		for (let n = 1; n <= 8; n++) second(n);
		expect(receiver.seen).toHaveLength(1);
		await receiver.end();
		second(9);
		expect(receiver.seen.map(({ push }) => push.atMs)).toEqual([1_000, 9_000]);
		await receiver.end();
		answering(receiver);
		await sink.stop();
		expect(receiver.seen).toHaveLength(3);
	});

	test("the last push holds what the summary says", async () => {
		const { sink, receiver, second } = await started();
		answering(receiver);
		sink.onEvent({ kind: "server", atMs: 0, version: "1.13.5\u001b[31m" });
		second(1);
		await sink.stop();
		const text = await receiver.seen.at(-1)?.push.registry.metrics();
		expect(text).toMatch(
			new RegExp(
				`^livesoak_rtp_packets_total\\{direction="received".*\\} ${summary.packets.received}$`,
				"m",
			),
		);
		expect(text).toContain('server_version="1.13.5"');
	});
});

describe("a receiver that hangs", () => {
	test("fails after five seconds, is cut off, and is tried again", async () => {
		const { sink, clock, receiver, told, second } = await started();
		second(1);
		await clock.advanceTo(5_900);
		expect(told).toEqual([]);
		expect(receiver.seen[0]?.signal.aborted).toBe(false);
		await clock.advanceTo(6_000);
		expect(receiver.seen[0]?.signal.aborted).toBe(true);
		expect(told).toEqual([
			"--otlp http://host/v1/metrics: the push failed (no answer within 5 s); the run goes on and pushes again every 5 s.",
		]);
		second(6);
		expect(receiver.seen).toHaveLength(2);
		await receiver.end();
		answering(receiver);
		await sink.stop();
		expect(told.slice(1)).toEqual([
			"--otlp http://host/v1/metrics: 1 of 3 pushes failed, the last one arrived, so the final figures are there.",
		]);
		expect(clock.sleeping).toBe(0);
	});

	test("keeps the end of the run waiting for six seconds and no longer", async () => {
		const { sink, clock, receiver, told, second } = await started();
		second(1);
		let ended = false;
		const stopped = sink.stop().then(() => {
			ended = true;
		});
		await clock.advanceTo(2_000);
		expect(receiver.seen.map(({ signal }) => signal.aborted)).toEqual([true, false]);
		await clock.advanceTo(6_999);
		expect(ended).toBe(false);
		await clock.advanceTo(7_000);
		await stopped;
		expect(told).toEqual([
			"--otlp http://host/v1/metrics: 2 of 2 pushes failed, the last one too (no answer within 5 s), so the final figures are missing there.",
		]);
		expect(clock.sleeping).toBe(0);
	});

	test("a second signal of the user ends the wait at once", async () => {
		const kill = new AbortController();
		const { sink, clock, told, second } = await started({ kill: kill.signal });
		second(1);
		const stopped = sink.stop();
		await clock.advanceTo(2_000);
		kill.abort();
		await stopped;
		expect(told).toEqual([expect.stringContaining("2 of 2 pushes failed, the last one too")]);
	});
});

describe("a receiver that fails", () => {
	test("is told once while the run goes on, and counted", async () => {
		const { sink, receiver, told, second } = await started();
		answering(receiver, new Error("push failed with status 503, later"));
		for (let n = 1; n <= 60; n++) {
			second(n);
			await setImmediate();
		}
		expect(receiver.seen).toHaveLength(12);
		expect(told).toHaveLength(1);
		expect(told[0]).toContain("(push failed with status 503, later)");
		await sink.stop();
		expect(told).toHaveLength(2);
		expect(told[1]).toContain("13 of 13 pushes failed, the last one too");
	});

	test("only at the end is told in one line", async () => {
		const { sink, receiver, told } = await started();
		answering(receiver, new Error("gone"));
		await sink.stop();
		expect(told).toEqual([
			"--otlp http://host/v1/metrics: 1 of 1 pushes failed, the last one too (gone), so the final figures are missing there.",
		]);
	});

	test.each([
		[
			"the cause below fetch's own words",
			new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }),
			"connect ECONNREFUSED",
		],
		[
			"the first of a host's addresses",
			new AggregateError([new Error("connect ECONNREFUSED ::1:9")], ""),
			"connect ECONNREFUSED ::1:9",
		],
		[
			"no more than a line of a page",
			new Error(`status 502, <html>\n\n${"x".repeat(500)}`),
			`status 502, <html> ${"x".repeat(181)}`,
		],
		["no secret that it quotes", new Error("status 401, not opensesame91"), "status 401, not ***"],
		["no escape sequence", new Error("status 400, \u001b[2Jgone"), "status 400, gone"],
	])("its reason is %s", async (_what, error, reason) => {
		const { receiver, told, second } = await started({ secrets: ["opensesame91"] });
		second(1);
		await receiver.end(error);
		expect(told).toEqual([expect.stringContaining(`the push failed (${reason});`)]);
	});
});
