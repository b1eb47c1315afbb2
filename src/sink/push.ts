import type { Registry } from "prom-client";
import type { Clock } from "../clock/clock.js";
import { systemClock } from "../clock/system-clock.js";
import { within } from "../clock/within.js";
import { redactor } from "../error/redact.js";
import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import { stripControlCharacters } from "./control-characters.js";
import type { ScrapeState } from "./prometheus-catalogue.js";
import { prometheusRegistry } from "./prometheus-registry.js";
import type { PushReceiver } from "./push-receiver.js";
import type { Sink } from "./sink.js";

export interface PushOptions {
	readonly receiver: PushReceiver;
	/** Told what fails, one line each: the first failure, and at the end what came of it. */
	readonly onTrouble: (line: string) => void;
	/** Known secrets, which a receiver's own words may quote. */
	readonly secrets?: readonly string[];
	/** Ends the last push at once. */
	readonly kill?: AbortSignal;
	/** @default the system's */
	readonly clock?: Clock;
}

/** As often as `/metrics` should be scraped at least. */
export const pushEveryMs = 5_000;
/** One push takes no longer: a receiver that hangs is one that fails. */
export const pushBoundMs = 5_000;
/** A push that is under way when the run ends must not arrive after the last: it gets this, then it is cut off. */
const overlapMs = 1_000;
/** Of a receiver's own words. */
const longestReason = 200;

/**
 * Pushes the metrics of `--prometheus` to a receiver: with the first view, every five seconds, and once more when
 * the run has ended, so that the figures of a run that nobody scraped arrive too. Two pushes are never under way
 * together; one that fails costs its period and is told once.
 */
export class PushSink implements Sink {
	readonly name = "push";
	readonly #options: PushOptions;
	readonly #clock: Clock;
	readonly #redact: (text: string) => string;
	readonly #cut = new AbortController();
	#state: ScrapeState | undefined;
	#registry: Registry | undefined;
	#underWay: Promise<void> | undefined;
	#pushedAtMs = Number.NEGATIVE_INFINITY;
	#pushes = 0;
	#failures = 0;
	/** Of the push that ended last; undefined: it arrived. */
	#lastFailure: string | undefined;
	#isTold = false;
	#isEnding = false;

	constructor(options: PushOptions) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#redact = redactor(options.secrets ?? []);
	}

	/** A receiver that cannot be reached is no reason not to run: it may be back before the end. */
	async start(run: RunInfo): Promise<void> {
		this.#state = { run };
		this.#registry = prometheusRegistry(() => this.#state ?? { run });
	}

	onView(view: RunView): void {
		if (!this.#state) return;
		this.#state = { ...this.#state, view };
		if (this.#underWay || view.nowMs - this.#pushedAtMs < pushEveryMs) return;
		this.#pushedAtMs = view.nowMs;
		this.#underWay = this.#push(this.#cut.signal).then(() => {
			this.#underWay = undefined;
			this.#tellFirst();
		});
	}

	onEvent(event: RunEvent): void {
		if (event.kind !== "server" || !this.#state) return;
		this.#state = { ...this.#state, serverVersion: stripControlCharacters(event.version) };
	}

	/** The last push. Six seconds at most, with a receiver that hangs. */
	async stop(): Promise<void> {
		this.#isEnding = true;
		if (this.#underWay) await within(this.#clock, overlapMs, this.#underWay);
		this.#cut.abort();
		await this.#underWay;
		await this.#push(this.#options.kill);
		this.#tellEnd();
	}

	/** Never rejects. */
	async #push(cut: AbortSignal | undefined): Promise<void> {
		this.#pushes++;
		try {
			await this.#bounded(cut);
			this.#lastFailure = undefined;
		} catch (error) {
			this.#failures++;
			const reason = this.#redact(stripControlCharacters(reasonOf(error)));
			this.#lastFailure = reason.slice(0, longestReason);
		}
	}

	async #bounded(cut: AbortSignal | undefined): Promise<void> {
		if (!this.#state || !this.#registry) return;
		const { run, view } = this.#state;
		const late = new AbortController();
		const done = new AbortController();
		void this.#clock.sleepUntil(this.#clock.nowMs() + pushBoundMs, done.signal).then(() => {
			if (!done.signal.aborted) late.abort();
		});
		const signal = AbortSignal.any([late.signal, ...(cut ? [cut] : [])]);
		const atMs = view?.nowMs ?? this.#clock.nowMs();
		const push = { run, registry: this.#registry, atMs };
		try {
			// A receiver that does not heed its signal is left to itself.
			await Promise.race([this.#options.receiver.push(push, signal), rejectedBy(signal)]);
		} catch (error) {
			if (late.signal.aborted) throw new Error(`no answer within ${pushBoundMs / 1_000} s`);
			if (cut?.aborted) throw new Error("cut off by the end of the run");
			throw error;
		} finally {
			done.abort();
		}
	}

	#tellFirst(): void {
		if (this.#lastFailure === undefined || this.#isTold || this.#isEnding) return;
		this.#isTold = true;
		this.#tell(
			`the push failed (${this.#lastFailure}); the run goes on and pushes again every ${pushEveryMs / 1_000} s.`,
		);
	}

	#tellEnd(): void {
		if (this.#failures === 0) return;
		const end =
			this.#lastFailure === undefined
				? "the last one arrived, so the final figures are there."
				: `the last one too (${this.#lastFailure}), so the final figures are missing there.`;
		this.#tell(`${this.#failures} of ${this.#pushes} pushes failed, ${end}`);
	}

	#tell(what: string): void {
		this.#options.onTrouble(`${this.#options.receiver.name}: ${what}`);
	}
}

function rejectedBy(signal: AbortSignal): Promise<never> {
	return new Promise((_resolve, reject) => {
		const abort = () => reject(new Error("aborted"));
		if (signal.aborted) abort();
		else signal.addEventListener("abort", abort, { once: true });
	});
}

/** fetch keeps the reason as its cause, and a host with several addresses has failed once for each of them. */
function reasonOf(error: unknown): string {
	if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
	if (!(error instanceof Error)) return String(error);
	return error.cause === undefined ? error.message : reasonOf(error.cause);
}
