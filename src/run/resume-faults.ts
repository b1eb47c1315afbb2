import { join } from "node:path";
import * as z from "zod";
import type { FaultMoment } from "../fault/moments.js";
import { readLines } from "../sink/read-lines.js";
import type { FaultSummary } from "../verdict/summary.js";
import type { Resumption } from "./resume-point.js";

const count = z.int().min(0);
const spread = z.object({ p50: z.number(), p95: z.number(), max: z.number() });
const ref = { atMs: z.number(), number: count };

const eventSchema = z.discriminatedUnion("kind", [
	z.object({ ...ref, kind: z.literal("fault-began"), affected: count, means: z.string() }),
	z.object({ ...ref, kind: z.literal("fault-ended"), error: z.string().exactOptional() }),
	z.object({
		...{ ...ref, kind: z.literal("fault-judged"), affected: count, recovered: count },
		failed: count,
		recoveryMs: spread.exactOptional(),
		audioGapMs: spread.exactOptional(),
		levelOk: z.boolean().exactOptional(),
		levelText: z.string().exactOptional(),
	}),
	z.object({ kind: z.literal("run-resumed"), gapMs: z.number() }),
]);

type FaultEvent = z.infer<typeof eventSchema>;

/** What is known of one fault. */
interface Known {
	began?: Extract<FaultEvent, { kind: "fault-began" }>;
	ended?: Extract<FaultEvent, { kind: "fault-ended" }>;
	judged?: Extract<FaultEvent, { kind: "fault-judged" }>;
}

/**
 * The faults that were carried out before a run was killed, from events.jsonl: as its summary would have them. One that
 * was under way is not carried out again.
 * @param at.startAtMs epoch milliseconds of time 0 before the kill
 * @param at.moments all faults of the scenario
 */
export async function readFaultEvents(
	folder: string,
	at: {
		readonly fromMs: number;
		readonly startAtMs: number | undefined;
		readonly moments: readonly FaultMoment[];
		readonly earlier: readonly Resumption[];
	},
): Promise<FaultSummary[]> {
	const { fromMs, startAtMs, moments, earlier } = at;
	if (moments.length === 0 || startAtMs === undefined) return [];
	const known = new Map<number, Known>();
	// Time 0 moves with every time that the run goes on: back to where it was at first.
	let zeroAtMs = startAtMs - earlier.reduce((sum, { gapMs }) => sum + gapMs, 0);
	try {
		for await (const lines of readLines(join(folder, "events.jsonl"))) {
			for (const line of lines) {
				const event = line === undefined ? undefined : parsed(line);
				if (event?.kind === "run-resumed") zeroAtMs += event.gapMs;
				else if (event) take({ ...event, atMs: event.atMs - zeroAtMs });
			}
		}
	} catch {
		// What events tell is lost with them; the sums are those of the timeline.
	}
	return moments.flatMap(({ number, atMs, fault }) => {
		const { began, ended, judged } = known.get(number) ?? {};
		if (!began || atMs >= fromMs) return [];
		const {
			kind: _,
			atMs: __,
			number: ___,
			...outcome
		} = judged ?? {
			...{ kind: "", atMs: 0, number, affected: began.affected, recovered: 0, failed: 0 },
		};
		const error = ended?.error ?? (judged ? undefined : "the tester was killed meanwhile");
		return [
			{
				...{ do: fault.effect.do, atMs: Math.max(0, began.atMs), means: began.means },
				untilMs: Math.max(0, ended?.atMs ?? fromMs),
				...(error === undefined ? {} : { error }),
				...outcome,
			},
		];
	});

	function take(event: Exclude<FaultEvent, { kind: "run-resumed" }>): void {
		const one = known.get(event.number) ?? {};
		if (event.kind === "fault-began") one.began = event;
		else if (event.kind === "fault-ended") one.ended = event;
		else one.judged = event;
		known.set(event.number, one);
	}
}

function parsed(line: string): FaultEvent | undefined {
	try {
		return eventSchema.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}
