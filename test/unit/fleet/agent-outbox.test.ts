import fc from "fast-check";
import { expect, test } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { Outbox } from "../../../src/fleet/agent/outbox.js";
import type { FromAgent, FromAgentBody } from "../../../src/fleet/from-agent.js";

/** A report that counts `packets`, and begins as many lives, so that both can be added up. */
function report(shard: number, packets: number): FromAgentBody & { kind: "report" } {
	const sums = new Aggregates();
	sums.add("packets", { direction: "sent" }, packets);
	sums.record("rtp.rtt", packets);
	const labels = { engine: "lite", ice: "direct", role: "both" } as const;
	return {
		...{ kind: "report", run: "r", shard, atMs: packets, aggregates: sums.snapshot() },
		lives: [{ seat: packets, life: 0, sample: { kind: "joined", labels } }],
		...{ events: [], recoveries: [], workers: [], tokensWanted: [], replaced: [], isLast: false },
		tester: { takenOver: 0, workersDied: 0, cpuSeconds: packets, maxRssBytes: 0 },
	};
}

/** The coordinator's end: takes each number once, and only in order. */
function listener() {
	const taken: FromAgent[] = [];
	let heard = 0;
	return {
		taken,
		get heard() {
			return heard;
		},
		take(message: FromAgent) {
			if (message.seq <= heard) return;
			expect(message.seq).toBe(heard + 1);
			heard = message.seq;
			taken.push(message);
		},
	};
}

function totals(messages: readonly FromAgent[]) {
	const sums = new Aggregates();
	const seats: number[] = [];
	for (const message of messages) {
		if (message.kind !== "report") continue;
		sums.merge(message.aggregates);
		seats.push(...message.lives.map(({ seat }) => seat));
	}
	return { aggregates: sums.snapshot(), seats: seats.sort((a, b) => a - b) };
}

test("law: whatever fails, everything is heard once, in order, and adds up", async () => {
	const step = fc.oneof(
		fc.record({ what: fc.constant("add" as const), shard: fc.nat(1) }),
		// The send fails, and Redis has it or not: both happen.
		fc.record({ what: fc.constant("cut" as const), arrives: fc.boolean() }),
		fc.record({ what: fc.constant("pump" as const) }),
		fc.record({ what: fc.constant("lose" as const) }),
		fc.record({ what: fc.constant("pulse" as const), afterMs: fc.nat(8_000) }),
	);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
			let nowMs = 0;
			const cuts: boolean[] = [];
			let inRedis: FromAgent[] = [];
			const coordinator = listener();
			const outbox = new Outbox(
				async (message) => {
					const arrives = cuts.shift();
					if (arrives !== false) inRedis.push(message);
					if (arrives !== undefined) throw new Error("cut");
				},
				() => nowMs,
			);
			const deliver = () => {
				for (const message of inRedis.sort((a, b) => a.seq - b.seq))
					if (message.seq <= coordinator.heard + 1) coordinator.take(message);
				inRedis = [];
			};
			const told: FromAgent[] = [];
			for (const each of steps) {
				if (each.what === "add") {
					const body = report(each.shard, told.length + 1);
					told.push({ ...body, seq: 1 });
					outbox.add(body);
				} else if (each.what === "cut") cuts.push(each.arrives);
				else if (each.what === "pump") await outbox.pump();
				else if (each.what === "lose") inRedis = [];
				else {
					nowMs += each.afterMs;
					deliver();
					outbox.heard(coordinator.heard);
				}
			}
			cuts.length = 0;
			for (let round = 0; round < 3; round++) {
				nowMs += 6_000;
				outbox.heard(coordinator.heard);
				await outbox.pump();
				deliver();
			}
			outbox.heard(coordinator.heard);
			expect(outbox.unsent).toBe(0);
			expect(totals(coordinator.taken)).toEqual(totals(told));
		}),
		{ numRuns: 300 },
	);
});

test("an outage of a quarter of an hour keeps a handful of messages, and all that was counted", async () => {
	let isCut = true;
	const sent: FromAgent[] = [];
	const outbox = new Outbox(
		async (message) => {
			if (isCut) throw new Error("cut");
			sent.push(message);
		},
		() => 0,
	);
	const told: FromAgent[] = [];
	for (let second = 1; second <= 900; second++) {
		const body = report(second % 2, second);
		told.push({ ...body, seq: 1 });
		outbox.add(body);
		await outbox.pump();
	}
	expect(outbox.unsent).toBeLessThan(40);
	isCut = false;
	await outbox.pump();
	expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, i) => i + 1));
	expect(totals(sent)).toEqual(totals(told));
	const last = sent.findLast((message) => message.kind === "report" && message.shard === 0);
	expect(last).toMatchObject({ atMs: 900, tester: { cpuSeconds: 900 } });
});

test("a report is never added to one before a failure of its shard", async () => {
	const sent: FromAgent[] = [];
	const outbox = new Outbox(
		async (message) => void sent.push(message),
		() => 0,
	);
	for (let n = 1; n <= 40; n++) outbox.add(report(7, n));
	outbox.add({ kind: "failed", run: "r", shard: 7, message: "lost", exitCode: 1 });
	outbox.add(report(7, 41));
	await outbox.pump();
	expect(sent.slice(-2).map(({ kind }) => kind)).toEqual(["failed", "report"]);
});

test("a coordinator that goes on after a kill gets what the one before had taken and not kept", async () => {
	const sent: number[] = [];
	const outbox = new Outbox(
		async ({ seq }) => void sent.push(seq),
		() => 0,
	);
	for (let n = 1; n <= 5; n++) outbox.add(report(0, n));
	await outbox.pump();
	outbox.heard(2);
	outbox.hold();
	outbox.add(report(0, 6));
	await outbox.pump();
	expect(sent).toEqual([1, 2, 3, 4, 5]);
	outbox.sendAgain();
	await outbox.pump();
	expect(sent).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 6]);
});
