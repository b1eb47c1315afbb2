import { join } from "node:path";
import * as z from "zod";
import type { Aggregates } from "../aggregate/aggregates.js";
import { spread } from "../fault/fault-account.js";
import type { FaultMoment } from "../fault/moments.js";
import { readLines } from "../sink/read-lines.js";
import type { FaultSummary } from "../verdict/summary.js";

const count = z.int().min(0);
const spreadSchema = z.object({ p50: z.number(), p95: z.number(), max: z.number() });
const ref = { atMs: z.number(), number: count };

const eventSchema = z.discriminatedUnion("kind", [
	z.object({ ...ref, kind: z.literal("fault-began"), affected: count, means: z.string() }),
	z.object({ ...ref, kind: z.literal("fault-ended"), error: z.string().exactOptional() }),
	z.object({
		...{ ...ref, kind: z.literal("recovery"), outcome: z.enum(["recovered", "failed"]) },
		...{ recoveryMs: z.number().exactOptional(), gapMs: z.number() },
	}),
	z.object({
		...{ ...ref, kind: z.literal("fault-judged"), affected: count, recovered: count },
		failed: count,
		recoveryMs: spreadSchema.exactOptional(),
		audioGapMs: spreadSchema.exactOptional(),
		levelOk: z.boolean().exactOptional(),
		levelText: z.string().exactOptional(),
	}),
	z.object({ kind: z.literal("run-resumed"), elapsedMs: z.number(), gapMs: z.number() }),
]);

type FaultEvent = z.infer<typeof eventSchema>;
type Told<Kind extends FaultEvent["kind"]> = Extract<FaultEvent, { kind: Kind }>;

/** What events.jsonl tells of one fault. Times in epoch milliseconds. */
export interface ToldFault {
	readonly began: Told<"fault-began">;
	/** From the start of the run, whose clock stood still while it was not there. */
	readonly elapsedMs: number;
	ended?: Told<"fault-ended">;
	/** Of one that had not ended when the run was killed, and went on: when that was, from the start of the run. */
	cutMs?: number;
	judged?: Told<"fault-judged">;
	readonly recoveries: Told<"recovery">[];
}

/**
 * The faults that events.jsonl tells of, by their number.
 * @param zeroAtMs epoch milliseconds of the run's time 0, before it went on for the first time
 */
export async function readToldFaults(
	folder: string,
	zeroAtMs: number,
): Promise<ReadonlyMap<number, ToldFault>> {
	const told = new Map<number, ToldFault>();
	let zero = zeroAtMs;
	try {
		for await (const lines of readLines(join(folder, "events.jsonl"))) {
			for (const line of lines) {
				const event = line === undefined ? undefined : parsed(line);
				if (event?.kind === "run-resumed") {
					zero += event.gapMs;
					for (const each of told.values()) if (!each.ended) each.cutMs ??= event.elapsedMs;
				}
				// One that began in a second that was lost begins anew: what was told of it before is void.
				else if (event?.kind === "fault-began")
					told.set(event.number, { began: event, elapsedMs: event.atMs - zero, recoveries: [] });
				else if (event) add(event, told.get(event.number));
			}
		}
	} catch {
		// What events tell is lost with them; the sums are those of the timeline.
	}
	return told;
}

function add(event: Exclude<FaultEvent, { kind: "run-resumed" | "fault-began" }>, to?: ToldFault) {
	if (!to) return;
	if (event.kind === "fault-ended") to.ended = event;
	else if (event.kind === "fault-judged") {
		to.judged = event;
		// They are in its figures.
		to.recoveries.length = 0;
	} else to.recoveries.push(event);
}

/**
 * Which faults were carried out before a kill, as the summary has them, and which are still to be. What the saved seconds
 * count was carried out: one that began after them has not been yet on the clock of the run, as all that was lost then.
 * One that was under way is not carried out again.
 * @param at.fromMs where the run goes on
 */
export function partFaults(
	moments: readonly FaultMoment[],
	at: {
		readonly fromMs: number;
		readonly totals: Aggregates;
		readonly told: ReadonlyMap<number, ToldFault>;
	},
): { readonly done: FaultSummary[]; readonly due: FaultMoment[] } {
	const done: FaultSummary[] = [];
	const due: FaultMoment[] = [];
	const seen = new Map<string, number>();
	for (const moment of moments) {
		const kind = moment.fault.effect.do;
		const nth = (seen.get(kind) ?? 0) + 1;
		seen.set(kind, nth);
		const told = at.told.get(moment.number);
		const isSaved = nth <= at.totals.counter("faults", { kind });
		// A damaged line of the timeline is no reason to do all of its time again.
		const isDone = moment.atMs < at.fromMs && (isSaved || (told && told.elapsedMs <= at.fromMs));
		if (isDone) done.push(rowOf(moment, told, at.fromMs));
		else due.push(moment);
	}
	return { done, due };
}

const notJudged = "not judged: the tester was killed";

function rowOf(
	{ fault, atMs }: FaultMoment,
	told: ToldFault | undefined,
	fromMs: number,
): FaultSummary {
	const { do: kind } = fault.effect;
	if (!told)
		return {
			...{ do: kind, atMs, untilMs: fromMs, means: "not known", levelText: notJudged },
			...{ affected: 0, recovered: 0, failed: 0, error: "the tester was killed as it began" },
		};
	const { began, ended, judged, recoveries, elapsedMs, cutMs = fromMs } = told;
	const beganMs = Math.max(0, elapsedMs);
	const untilMs = ended ? beganMs + ended.atMs - began.atMs : Math.max(beganMs, cutMs);
	const error = ended ? ended.error : "the tester was killed before it was over";
	const row = {
		...{ do: kind, atMs: beganMs, untilMs, means: began.means },
		...(error === undefined ? {} : { error }),
	};
	if (!judged)
		return { ...row, affected: began.affected, ...outcomeOf(recoveries), levelText: notJudged };
	const { kind: _kind, atMs: _atMs, number: _number, ...outcome } = judged;
	return { ...row, ...outcome };
}

function outcomeOf(recoveries: readonly Told<"recovery">[]) {
	const recovered = recoveries.filter(({ outcome }) => outcome === "recovered");
	const recoveryMs = spread(recovered.flatMap(({ recoveryMs: ms }) => ms ?? []));
	const audioGapMs = spread(recoveries.map(({ gapMs }) => gapMs));
	return {
		...{ recovered: recovered.length, failed: recoveries.length - recovered.length },
		...(recoveryMs && { recoveryMs }),
		...(audioGapMs && { audioGapMs }),
	};
}

function parsed(line: string): FaultEvent | undefined {
	try {
		return eventSchema.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}
