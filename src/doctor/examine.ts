import type { Clock } from "../clock/clock.js";
import { UserError } from "../error/user-error.js";
import type { Check, CheckResult } from "./check.js";
import type { DoctorContext } from "./context.js";
import type { Finding } from "./finding.js";

export type CheckStatus = "ok" | "warning" | "fault" | "skipped" | "error";

/** How one check ended. */
export interface CheckReport {
	readonly id: string;
	readonly title: string;
	/** `error`: the check itself broke or ran out of time; that says nothing about the system. */
	readonly status: CheckStatus;
	readonly durationMs: number;
	readonly lines: readonly string[];
	readonly findings: readonly Finding[];
}

export interface ExamineOptions {
	/** The whole examination. @default 40 000 */
	readonly boundMs?: number;
	/** One check, on top of the bounds of its own. @default 25 000 */
	readonly checkBoundMs?: number;
	/** Told of each check in the order of the list, as soon as it and all before it are over. */
	readonly onReport?: (report: CheckReport) => void;
}

/**
 * Runs the checks side by side, each as soon as those in its `after` are over. Whatever happens in one of them, the
 * others run, and none outlives the bounds: its signal aborts, and it is waited for no longer.
 *
 * @param context its signal ends the examination early; each check gets one that also knows the bounds
 * @returns one report for each check, in the order of the list
 */
export async function examine(
	checks: readonly Check[],
	context: DoctorContext,
	{ boundMs = 40_000, checkBoundMs = 25_000, onReport }: ExamineOptions = {},
): Promise<CheckReport[]> {
	refuseCycles(checks);
	const whole = boundedSignal(context.clock, boundMs, context.signal);
	const running = new Map<string, Promise<CheckReport>>();
	const reportOf = (check: Check): Promise<CheckReport> => {
		const known = running.get(check.id);
		if (known) return known;
		const before = checks.filter(({ id }) => check.after.includes(id));
		const report = Promise.all(before.map(reportOf)).then(() =>
			runCheck(check, { ...context, signal: whole.signal }, checkBoundMs),
		);
		running.set(check.id, report);
		return report;
	};
	try {
		const reports: CheckReport[] = [];
		for (const started of checks.map(reportOf)) {
			const report = await started;
			onReport?.(report);
			reports.push(report);
		}
		return reports;
	} finally {
		whole.release();
	}
}

async function runCheck(
	check: Check,
	context: DoctorContext,
	boundMs: number,
): Promise<CheckReport> {
	const { clock } = context;
	const startedMs = clock.nowMs();
	const bound = boundedSignal(clock, boundMs, context.signal);
	const report = (result: CheckResult, status: CheckStatus): CheckReport => ({
		...{ id: check.id, title: check.title, status, durationMs: clock.nowMs() - startedMs },
		...{ lines: result.lines, findings: result.findings },
	});
	try {
		// A check that is not started any more has nothing to leave behind.
		if (context.signal.aborted) return report(broken("not started: the time is up"), "error");
		const result = await Promise.race([
			// A plain throw counts as well as a rejection.
			Promise.resolve().then(() => check.run({ ...context, signal: bound.signal })),
			whenAborted(bound.signal),
		]);
		if (result === undefined)
			return report(broken(`not over after ${Math.round(clock.nowMs() - startedMs)} ms`), "error");
		return report(withReason(result), statusOf(result));
	} catch (error) {
		return report(broken(wordsOf(error)), "error");
	} finally {
		bound.release();
	}
}

function withReason({ skipped, lines, findings }: CheckResult): CheckResult {
	return { lines: skipped === undefined ? lines : [...lines, skipped], findings };
}

function statusOf({ findings, skipped }: CheckResult): CheckStatus {
	if (findings.some(({ severity }) => severity === "fault")) return "fault";
	if (findings.length > 0) return "warning";
	return skipped === undefined ? "ok" : "skipped";
}

function broken(why: string): CheckResult {
	return { lines: [`this check could not be made: ${why}`], findings: [] };
}

function wordsOf(error: unknown): string {
	if (error instanceof UserError && error.hint !== undefined)
		return `${error.message} ${error.hint}`;
	return error instanceof Error ? error.message : String(error);
}

interface BoundedSignal {
	readonly signal: AbortSignal;
	/** Ends the waiting: no timer and no listener stays behind. */
	release(): void;
}

function boundedSignal(clock: Clock, boundMs: number, outer: AbortSignal): BoundedSignal {
	const bound = new AbortController();
	const released = new AbortController();
	const abort = () => bound.abort();
	if (outer.aborted) abort();
	outer.addEventListener("abort", abort);
	void clock.sleepUntil(clock.nowMs() + boundMs, released.signal).then(() => {
		if (!released.signal.aborted) abort();
	});
	return {
		signal: bound.signal,
		release: () => {
			outer.removeEventListener("abort", abort);
			released.abort();
		},
	};
}

/** A turn of the event loop later: a check that ends at once on its signal is heard first. */
function whenAborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		const late = () => setImmediate(() => resolve(undefined));
		if (signal.aborted) late();
		else signal.addEventListener("abort", late, { once: true });
	});
}

/** @throws Error where a check waits for itself: that would hang for ever */
function refuseCycles(checks: readonly Check[]): void {
	const afterOf = new Map(checks.map(({ id, after }) => [id, after]));
	const walk = (id: string, path: readonly string[]): void => {
		if (path.includes(id))
			throw new Error(`checks wait for each other: ${[...path, id].join(" → ")}`);
		for (const each of afterOf.get(id) ?? []) walk(each, [...path, id]);
	};
	for (const { id } of checks) walk(id, []);
}
