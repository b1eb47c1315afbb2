import type { Clock } from "../clock/clock.js";
import { redact } from "../error/redact.js";
import type { RunEvent } from "../run/run-event.js";
import type { Recovery } from "../sample/recovery.js";
import type { Sample } from "../sample/sample.js";
import type { FaultKindName } from "../scenario/fault.js";
import type { FaultSummary } from "../verdict/summary.js";
import { Calm, type CalmView } from "./calm.js";
import { chooseSeats } from "./choose.js";
import { FaultAccount } from "./fault-account.js";
import type { FaultPeople, FaultTools, Stroke } from "./fault-hands.js";
import { type LevelSecond, levelOf, worseThan } from "./level.js";
import type { FaultMoment } from "./moments.js";
import { strokeOf } from "./stroke.js";

/** Seconds that are looked at after a fault. */
const secondsAfter = 5;
/** How finely it is seen that somebody is back. */
const lookEveryMs = 100;
/** Workers close a fault themselves; one that was lost with its report is not waited for. */
const reportGraceMs = 10_000;

export interface FaultRunOptions {
	readonly clock: Clock;
	/** Those to be carried out, in order of time; of a run that goes on, those still to come. */
	readonly moments: readonly FaultMoment[];
	/** How a run that goes on was before. @default nothing is known yet */
	readonly calm?: Calm;
	readonly people: FaultPeople;
	readonly tools: FaultTools;
	readonly seed: number;
	tell(event: RunEvent): void;
	fold(sample: Sample): void;
	/** A fault could not be carried out: what the scenario asked for does not happen. */
	onTrouble(sentence: string): void;
}

/** Carries the faults of a scenario out at their times, and keeps account of how the run comes through each. */
export class FaultRun {
	readonly #options: FaultRunOptions;
	/** Those that have not been judged, with the seconds since everybody was known to be back or not. */
	readonly #open = new Map<FaultAccount, LevelSecond[]>();
	readonly #judged: FaultSummary[] = [];
	#startAtMs = Number.NaN;
	readonly #calm: Calm;

	constructor(options: FaultRunOptions) {
		this.#options = options;
		this.#calm = options.calm ?? new Calm();
	}

	/** Lives the schedule, from the plan's time 0 at `startAtMs` on. Resolves after the last, or when told to stop. */
	async run(startAtMs: number, signal: AbortSignal): Promise<void> {
		this.#startAtMs = startAtMs;
		const under: Promise<void>[] = [];
		for (const moment of this.#options.moments) {
			await this.#options.clock.sleepUntil(startAtMs + moment.atMs, signal);
			await this.#untilSomebodyIsBack(signal);
			if (signal.aborted) break;
			under.push(this.#carryOut(moment, signal));
		}
		await Promise.all(under);
	}

	/** The kinds that are under way at this moment. */
	get active(): readonly FaultKindName[] {
		return [...this.#open.keys()].flatMap(({ moment, untilMs }) =>
			untilMs === undefined ? [moment.fault.effect.do] : [],
		);
	}

	onRecovery({ fault, seat, outcome }: FaultReport): void {
		const account = [...this.#open.keys()].find(({ moment }) => moment.number === fault);
		if (account) this.#settle(account, seat, outcome);
	}

	/** A fresh worker lives these seats: it watches on where the dead one was cut off. */
	onReplaced(seats: readonly number[]): void {
		const own = new Set(seats);
		for (const { moment, beganAtMs, fromMs, pending } of this.#open.keys()) {
			const left = pending.filter((seat) => own.has(seat));
			if (left.length === 0) continue;
			const facts = { number: moment.number, beganAtMs, withinMs: moment.fault.withinMs };
			const from = fromMs === undefined ? {} : { fromMs };
			this.#options.people.beginFault({ ...facts, ...from, seats: left });
		}
	}

	/** To be called once a second. */
	onView(view: CalmView): void {
		const second = this.#calm.add(view, this.#open.size === 0);
		for (const [account, after] of [...this.#open]) {
			this.#giveUpOnSilent(account);
			if (account.untilMs === undefined || account.pending.length > 0) continue;
			after.push(second);
			if (after.length >= secondsAfter) this.#judge(account);
		}
	}

	/** The run is over: whatever is open is judged by what is known. */
	finish(): FaultSummary[] {
		for (const account of [...this.#open.keys()]) this.#judge(account);
		return this.#judged.toSorted((a, b) => a.atMs - b.atMs);
	}

	/** Just after a kill there is nobody yet whom a fault could meet. */
	async #untilSomebodyIsBack(signal: AbortSignal): Promise<void> {
		const { clock, people } = this.#options;
		while (this.#calm.isReturning && people.joinedSeats.length === 0 && !signal.aborted)
			await clock.sleepUntil(clock.nowMs() + lookEveryMs, signal);
	}

	async #carryOut(moment: FaultMoment, signal: AbortSignal): Promise<void> {
		const { clock, people, tell, fold } = this.#options;
		const { number, fault } = moment;
		const { do: kind } = fault.effect;
		// What comes after this fault is no longer how the run was after the one before it.
		for (const account of [...this.#open.keys()])
			if (account.untilMs !== undefined && account.pending.length === 0) this.#judge(account);
		const stroke = this.#strokeOf(moment, signal);
		const { means, seats, blow } = stroke;
		const lasts = stroke.undo !== undefined;
		const beganAtMs = clock.nowMs();
		const account = new FaultAccount(moment, { beganAtMs, means, seats });
		this.#open.set(account, []);
		fold({ kind: "fault", fault: kind });
		tell({ kind: "fault-began", atMs: beganAtMs, number, do: kind, affected: seats.length, means });
		if (!lasts) account.fromMs = beganAtMs;
		const from = lasts ? {} : { fromMs: beganAtMs };
		const watch = { number, beganAtMs, seats, withinMs: fault.withinMs, ...from };
		people.beginFault(blow === undefined ? watch : { ...watch, blow });
		try {
			await stroke.carryOut?.();
		} catch (error) {
			account.error = wordsOf(error);
		}
		if (lasts) account.fromMs = clock.nowMs();
		try {
			await stroke.undo?.();
		} catch (error) {
			account.error ??= wordsOf(error);
		}
		account.untilMs = clock.nowMs();
		if (account.fromMs !== undefined && lasts) people.endFault(number, account.fromMs);
		const failed = account.error === undefined ? {} : { error: account.error };
		tell({ kind: "fault-ended", atMs: account.untilMs, number, do: kind, ...failed });
		if (account.error !== undefined)
			this.#options.onTrouble(`the fault ${kind} could not be carried out: ${account.error}`);
	}

	/** One that cannot be done meets nobody, and says so when it is carried out. */
	#strokeOf({ number, fault }: FaultMoment, signal: AbortSignal): Stroke {
		const { clock, people, tools, seed } = this.#options;
		try {
			return strokeOf(fault.effect, {
				...{ people, tools, number },
				choose: (seats, share) => chooseSeats(seats, share, { seed, fault: number }),
				wait: (ms) => clock.sleepUntil(clock.nowMs() + ms, signal),
			});
		} catch (error) {
			return { means: "none", seats: [], carryOut: () => Promise.reject(error) };
		}
	}

	#settle(account: FaultAccount, seat: number, outcome: Recovery | "gone"): void {
		if (!account.settle(seat, outcome) || outcome === "gone") return;
		const { clock, fold, tell } = this.#options;
		const { number, fault } = account.moment;
		const { do: kind } = fault.effect;
		fold({ kind: "recovery", fault: kind, ...outcome });
		tell({ kind: "recovery", atMs: clock.nowMs(), number, do: kind, seat, ...outcome });
	}

	#giveUpOnSilent(account: FaultAccount): void {
		const { fromMs, beganAtMs, pending, moment } = account;
		if (fromMs === undefined) return;
		const nowMs = this.#options.clock.nowMs();
		if (nowMs < fromMs + moment.fault.withinMs + reportGraceMs) return;
		for (const seat of pending)
			this.#settle(account, seat, { outcome: "failed", gapMs: nowMs - beganAtMs });
	}

	/** Looks at the level, where there was a second for it, and closes the account. */
	#judge(account: FaultAccount): void {
		const { clock, tell, fold } = this.#options;
		const after = levelOf(this.#open.get(account) ?? []);
		this.#open.delete(account);
		if (after) {
			const worse = worseThan(this.#calm.level, after);
			const isBack = worse.length === 0;
			account.level = isBack ? { isBack } : { isBack, text: worse.join("; ") };
			fold({ kind: "level", isBack });
		}
		const { number, fault } = account.moment;
		const ref = { number, do: fault.effect.do };
		this.#judged.push(account.summary(this.#startAtMs, clock.nowMs()));
		tell({ kind: "fault-judged", atMs: clock.nowMs(), ...ref, ...account.outcome });
	}
}

function wordsOf(error: unknown): string {
	return redact(error instanceof Error ? error.message : String(error));
}

/** How a fault ended for one seat. */
export interface FaultReport {
	readonly fault: number;
	readonly seat: number;
	readonly outcome: Recovery | "gone";
}
