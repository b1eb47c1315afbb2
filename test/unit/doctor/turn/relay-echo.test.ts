import { expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import { judgeEcho } from "../../../../src/doctor/turn/judge-echo.js";
import { EchoCount, percentileOf } from "../../../../src/doctor/turn/relay-echo.js";
import { claim } from "./a-claim.js";

/** Ten packets, each answered `answer` times after 30 ms. */
async function echoed(answers: (number: number) => number) {
	const clock = new ManualClock();
	const order = { clock, signal: new AbortController().signal, packets: 10, everyMs: 10 };
	let sent = 0;
	const count = new EchoCount({
		...order,
		send: (payload) => {
			const times = answers(sent++);
			const copy = Buffer.from(payload);
			void clock.sleepUntil(clock.nowMs() + 30).then(() => {
				for (let time = 0; time < times; time++) count.onReturned(copy);
			});
		},
	});
	const run = count.run();
	count.onReturned(Buffer.alloc(120));
	count.onReturned(Buffer.from("something else"));
	await clock.advanceTo(2_000);
	return run;
}

test("all return", async () => {
	const echo = await echoed(() => 1);
	expect(echo).toMatchObject({ sent: 10, returned: 10, duplicates: 0 });
	expect(echo.rttMs).toEqual(Array.from({ length: 10 }, () => 30));
	expect(judgeEcho(claim, echo)).toEqual([]);
});

test("lost and repeated packets are told apart", async () => {
	const echo = await echoed((number) => (number < 3 ? 0 : number < 5 ? 2 : 1));
	expect(echo).toMatchObject({ sent: 10, returned: 7, duplicates: 2 });
	expect(judgeEcho(claim, echo).map(({ id }) => id)).toEqual([
		...["turn.relay-loss", "turn.relay-duplicates"],
	]);
});

test("loss is a warning from 5 % on and a fault from 30 %, delay from 400 ms", () => {
	const judged = (returned: number, rtt: number) => {
		const rttMs = Array.from({ length: returned }, () => rtt);
		return judgeEcho(claim, { sent: 100, returned, duplicates: 0, rttMs });
	};
	expect(judged(96, 399)).toEqual([]);
	expect(judged(95, 1)).toMatchObject([{ id: "turn.relay-loss", severity: "warning" }]);
	expect(judged(70, 1)).toMatchObject([{ id: "turn.relay-loss", severity: "fault" }]);
	expect(judged(0, 1)).toMatchObject([{ id: "turn.relay-loss", severity: "fault" }]);
	expect(judged(100, 400)).toMatchObject([{ id: "turn.relay-slow", severity: "warning" }]);
	expect(judgeEcho(claim, { sent: 0, returned: 0, duplicates: 0, rttMs: [] })).toEqual([]);
});

test("percentiles are of the nearest rank", () => {
	const readings = Array.from({ length: 100 }, (_, index) => index + 1);
	expect([50, 95, 100].map((p) => percentileOf(readings, p))).toEqual([50, 95, 100]);
	expect(percentileOf([7], 50)).toBe(7);
});
