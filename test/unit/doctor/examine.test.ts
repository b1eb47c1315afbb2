import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import type { Check, CheckResult } from "../../../src/doctor/check.js";
import type { DoctorContext } from "../../../src/doctor/context.js";
import { type CheckReport, examine } from "../../../src/doctor/examine.js";
import type { Finding } from "../../../src/doctor/finding.js";
import { UserError } from "../../../src/error/user-error.js";

const nothing: CheckResult = { lines: [], findings: [] };

function check(id: string, run: Check["run"], after: readonly string[] = []): Check {
	return { id, title: `${id}?`, after, run };
}

function contextOf(clock: ManualClock, stop = new AbortController()): DoctorContext {
	return { target: { participants: 1 }, facts: {}, clock, signal: stop.signal };
}

function finding(severity: Finding["severity"]): Finding {
	const texts = { title: "t", cause: "c", fix: "f", evidence: [] };
	return { id: "turn.x", severity, confidence: "proven", ...texts };
}

const never = () => new Promise<CheckResult>(() => {});
const statuses = (reports: readonly CheckReport[]) => reports.map(({ status }) => status);

test("side by side as `after` allows; unknown ids in it are no reason to wait", async () => {
	const clock = new ManualClock();
	const started: string[] = [];
	const at = (lengthMs: number) => async () => {
		started.push(`${clock.nowMs()}`);
		await clock.sleepUntil(clock.nowMs() + lengthMs);
		return nothing;
	};
	const done = examine(
		[check("c", at(10), ["a", "b"]), check("a", at(100)), check("b", at(300), ["nosuch"])],
		contextOf(clock),
	);
	await clock.advanceTo(400);
	const reports = await done;
	expect(started).toEqual(["0", "0", "300"]);
	expect(reports.map(({ id, durationMs }) => [id, durationMs])).toEqual([
		["c", 10],
		["a", 100],
		["b", 300],
	]);
	expect(clock.sleeping).toBe(0);
});

test("facts are shared, and there before whoever comes after", async () => {
	const write = check("write", async ({ facts }) => {
		facts.clockOffsetMs = 7;
		return nothing;
	});
	let seen: number | undefined;
	const read = check(
		"read",
		async ({ facts }) => {
			seen = facts.clockOffsetMs;
			return nothing;
		},
		["write"],
	);
	await examine([read, write], contextOf(new ManualClock()));
	expect(seen).toBe(7);
});

test("the status says what was found", async () => {
	const found =
		(...findings: Finding[]) =>
		async () => ({ lines: [], findings });
	const reports = await examine(
		[
			check("ok", found()),
			check("warning", found(finding("warning"))),
			check("fault", found(finding("warning"), finding("fault"))),
			check("skipped", async () => ({ ...nothing, skipped: "no TURN server" })),
		],
		contextOf(new ManualClock()),
	);
	expect(statuses(reports)).toEqual(["ok", "warning", "fault", "skipped"]);
	expect(reports[3]?.lines).toEqual(["no TURN server"]);
});

test("one that breaks takes nobody along, those after it included", async () => {
	const reports = await examine(
		[
			check("throws", () => {
				throw new Error("no such thing");
			}),
			check("rejects", async () => {
				throw new UserError({ message: "a.yaml is empty.", hint: "Name another." });
			}),
			check("after", async () => nothing, ["throws", "rejects"]),
		],
		contextOf(new ManualClock()),
	);
	expect(statuses(reports)).toEqual(["error", "error", "ok"]);
	expect(reports[0]?.lines[0]).toContain("no such thing");
	expect(reports[1]?.lines[0]).toContain("a.yaml is empty. Name another.");
	expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
});

describe("bounds", () => {
	test("a check that hangs is told to stop and left behind", async () => {
		const clock = new ManualClock();
		let signal: AbortSignal | undefined;
		const hang = check("hang", (context) => {
			signal = context.signal;
			return never();
		});
		const done = examine([hang, check("next", async () => nothing, ["hang"])], contextOf(clock), {
			checkBoundMs: 1_000,
		});
		await clock.advanceTo(1_000);
		expect(statuses(await done)).toEqual(["error", "ok"]);
		expect(signal?.aborted).toBe(true);
		expect(clock.sleeping).toBe(0);
	});

	test("the whole ends in time, and what has not begun does not begin", async () => {
		const clock = new ManualClock();
		let begun = 0;
		const begin = async () => {
			begun++;
			return nothing;
		};
		const done = examine([check("hang", never), check("late", begin, ["hang"])], contextOf(clock), {
			boundMs: 500,
			checkBoundMs: 10_000,
		});
		await clock.advanceTo(500);
		const reports = await done;
		expect(statuses(reports)).toEqual(["error", "error"]);
		expect(reports.map(({ lines }) => lines[0])).toEqual([
			expect.stringContaining("not over after 500 ms"),
			expect.stringContaining("not started"),
		]);
		expect(begun).toBe(0);
		expect(clock.sleeping).toBe(0);
	});

	test("what a check still says as its signal aborts is heard", async () => {
		const clock = new ManualClock();
		const partial = check("partial", async ({ signal }) => {
			await clock.sleepUntil(Number.MAX_SAFE_INTEGER, signal);
			return { lines: ["3 of 4 servers answered"], findings: [] };
		});
		const done = examine([partial], contextOf(clock), { boundMs: 500 });
		await clock.advanceTo(500);
		expect((await done)[0]).toMatchObject({ status: "ok", lines: ["3 of 4 servers answered"] });
	});

	test("Ctrl-C ends it", async () => {
		const stop = new AbortController();
		const done = examine([check("hang", never)], contextOf(new ManualClock(), stop));
		await setImmediate();
		stop.abort();
		expect(statuses(await done)).toEqual(["error"]);
	});
});

test("reports come in the order of the list, each as soon as it can", async () => {
	const clock = new ManualClock();
	const told: string[] = [];
	const at = (atMs: number) => async () => {
		await clock.sleepUntil(atMs);
		return nothing;
	};
	const done = examine(
		[check("a", at(200)), check("b", at(100)), check("c", at(300))],
		contextOf(clock),
		{
			onReport: ({ id }) => told.push(id),
		},
	);
	await clock.advanceTo(150);
	expect(told).toEqual([]);
	await clock.advanceTo(250);
	expect(told).toEqual(["a", "b"]);
	await clock.advanceTo(300);
	await done;
	expect(told).toEqual(["a", "b", "c"]);
});

test("checks that wait for each other are a mistake of ours", async () => {
	const ring = [check("a", never, ["b"]), check("b", never, ["a"])];
	await expect(examine(ring, contextOf(new ManualClock()))).rejects.toThrow("a → b → a");
});
