import { join } from "node:path";
import * as z from "zod";
import { readLines } from "../sink/read-lines.js";

const text = z.string();
const at = { atMs: z.number() };
const fault = { ...at, number: z.number(), do: text };
const agent = { ...at, agent: text };
const life = { ...at, seat: z.number(), life: z.number() };

/** What a report reads of events.jsonl; words of a later version are let through as strings. */
const eventSchema = z.discriminatedUnion("kind", [
	z.object({ ...at, kind: z.literal("run-started") }),
	z.object({ ...at, kind: z.literal("run-resumed"), elapsedMs: z.number(), gapMs: z.number() }),
	z.object({ ...at, kind: z.literal("server"), version: text }),
	z.object({
		...{ ...at, kind: z.literal("worker-died"), worker: z.number(), reason: text },
		...{ participantsLost: z.number(), agent: text.optional() },
	}),
	z.object({
		...{ ...agent, kind: z.literal("agent-joined"), cores: z.number(), seats: z.number() },
		isLate: z.literal(true).optional(),
	}),
	z.object({ ...agent, kind: z.literal("agent-refused"), reason: text }),
	z.object({
		...{ ...agent, kind: z.literal("agent-lost"), participantsLost: z.number() },
		...{ silentMs: z.number(), reason: text },
	}),
	z.object({ ...agent, kind: z.literal("agent-replaced"), lost: text, seats: z.number() }),
	z.object({ ...life, kind: z.literal("life-joined"), connectMs: z.number() }),
	z.object({ ...life, kind: z.literal("life-failed"), stage: text, cause: text, detail: text }),
	z.object({ ...life, kind: z.literal("life-lost"), cause: text, detail: text }),
	z.object({ ...life, kind: z.literal("reconnecting"), how: text }),
	z.object({ ...life, kind: z.literal("reconnected"), durationMs: z.number() }),
	z.object({ ...fault, kind: z.literal("fault-began"), affected: z.number() }),
	z.object({ ...fault, kind: z.literal("fault-ended") }),
	z.object({ ...at, kind: z.literal("threshold-abort"), metric: text, expression: text }),
	z.object({ ...at, kind: z.literal("stop-asked"), reason: text }),
	z.object({ ...at, kind: z.literal("run-ended"), verdict: text }),
	z.object({ ...at, kind: z.literal("events-dropped"), count: z.number() }),
]);

/** A line of events.jsonl that matters to a report. */
export type ReportEvent = z.infer<typeof eventSchema>;

/** An event of one participant. */
export type LifeEvent = Extract<ReportEvent, { seat: number }>;

const lineSchema = z.object({ kind: z.string(), atMs: z.number() });

/**
 * Hands the events over in order, in bounded memory. Those of other kinds are passed over. The clock of a run that was
 * killed and resumed stood still meanwhile: what came after is moved to where it is on that clock.
 * @returns how many lines are no events (cut off or damaged)
 * @throws Node's error with its `code` when the file cannot be read
 */
export async function eachEvent(
	folder: string,
	take: (event: ReportEvent) => void,
): Promise<{ readonly events: number; readonly damaged: number }> {
	let events = 0;
	let damaged = 0;
	let gapMs = 0;
	for await (const lines of readLines(join(folder, "events.jsonl"))) {
		for (const line of lines) {
			const content = parsed(line);
			if (!lineSchema.safeParse(content).success) {
				damaged += 1;
				continue;
			}
			events += 1;
			const event = eventSchema.safeParse(content);
			if (!event.success) continue;
			if (event.data.kind === "run-resumed") gapMs += event.data.gapMs;
			take({ ...event.data, atMs: event.data.atMs - gapMs });
		}
	}
	return { events, damaged };
}

function parsed(line: string | undefined): unknown {
	try {
		return line === undefined ? undefined : JSON.parse(line);
	} catch {
		return undefined;
	}
}

export function isLifeEvent(event: ReportEvent): event is LifeEvent {
	return "seat" in event;
}
