import * as z from "zod";
import { bandwidth } from "./bandwidth.js";
import { duration } from "./duration.js";
import { type Fault, type FaultEffect, type FaultKindName, faultKinds } from "./fault.js";
import { choice, mapping } from "./mapping.js";
import { percent } from "./percent.js";

const entry = mapping({
	do: choice(faultKinds).describe("What to do."),
	at: duration("When, from the start of the run.", 0).optional(),
	every: duration("Again and again, at this interval.", 1000).optional(),
	for: duration("How long a fault of the network lasts.", 100).optional(),
	share: percent("Of the participants that are there: at random, at least one.").optional(),
	away: duration("herd: from leaving to joining again.", 0).optional(),
	how: choice(["crash", "stop"])
		.optional()
		.describe("restart-server: killed, or asked to stop, and then it sends everybody out."),
	ratio: percent("Of the packets, each way.").optional(),
	by: duration("delay: of each packet. jitter: at most. reorder: of those held back.").optional(),
	limit: bandwidth("Width of the network, each way.").optional(),
	within: duration("Media that is not back by then counts as not recovered.", 1000).optional(),
});

type Entry = z.output<typeof entry>;
type Key = Exclude<keyof Entry, "do" | "at" | "every" | "within">;

const ofParticipants = { may: ["share"], must: [] } as const;

/** The keys of each kind, beside those that all have. */
const keysOf: Readonly<Record<FaultKindName, { may: readonly Key[]; must: readonly Key[] }>> = {
	"signal-drop": ofParticipants,
	"full-reconnect": ofParticipants,
	"node-migration": ofParticipants,
	"server-leave": ofParticipants,
	herd: { may: ["share", "away"], must: [] },
	"restart-server": { may: ["how"], must: [] },
	"restart-turn": { may: [], must: [] },
	"kill-worker": { may: [], must: [] },
	loss: { may: [], must: ["for", "ratio"] },
	duplicate: { may: [], must: ["for", "ratio"] },
	reorder: { may: ["by"], must: ["for", "ratio"] },
	delay: { may: [], must: ["for", "by"] },
	jitter: { may: [], must: ["for", "by"] },
	bandwidth: { may: [], must: ["for", "limit"] },
	partition: { may: [], must: ["for"] },
};

const defaults = { withinMs: 30_000, awayMs: 1000, reorderByMs: 40 } as const;

/** Faults by schedule. Rules that need other keys are in fault-problems.ts. */
export const faults = z
	.array(
		entry.transform((written, context): Fault => {
			const problems = problemsOf(written);
			for (const { message, key } of problems)
				context.addIssue({ code: "custom", message, path: key === undefined ? [] : [key] });
			return problems.length > 0 ? z.NEVER : faultOf(written);
		}),
	)
	.default([])
	.describe("Faults by schedule, such as {at: 10m, do: restart-server}; see docs/faults.md.");

function problemsOf(written: Entry): { message: string; key?: string }[] {
	const { do: kind, at, every } = written;
	const { may, must } = keysOf[kind];
	const known: readonly string[] = ["do", "at", "every", "within", ...may, ...must];
	const problems: { message: string; key?: string }[] = [];
	if ((at === undefined) === (every === undefined)) {
		const message = `${kind} needs a time: either at (once) or every (again and again)`;
		problems.push({ message, ...(at === undefined ? {} : { key: "every" }) });
	}
	for (const key of must) {
		if (written[key] !== undefined) continue;
		problems.push({ message: `${kind} needs ${key}, such as ${examples[key]}` });
	}
	for (const [key, value] of Object.entries(written)) {
		if (value === undefined || known.includes(key)) continue;
		const has = [...must, ...may];
		const own = has.length > 0 ? `has ${has.join(", ")}` : "has no keys of its own";
		problems.push({ message: `${kind} has no ${key}; it ${own}`, key });
	}
	for (const key of ["share", "ratio"] as const)
		if (written[key] === 0) problems.push({ message: "0% does nothing", key });
	return problems;
}

const examples: Readonly<Record<Key, string>> = {
	for: "for: 30s",
	share: "share: 10%",
	away: "away: 1s",
	how: "how: crash",
	ratio: "ratio: 5%",
	by: "by: 50ms",
	limit: "limit: 500kbps",
};

function faultOf(written: Entry): Fault {
	const { at, every, within = defaults.withinMs } = written;
	return {
		when: every === undefined ? { kind: "at", atMs: at ?? 0 } : { kind: "every", everyMs: every },
		effect: effectOf(written),
		withinMs: within,
	};
}

function effectOf(written: Entry): FaultEffect {
	const share = (written.share ?? 100) / 100;
	// What a kind must have was checked before.
	const { for: forMs = 0, ratio: percentage = 0, by, limit = 0 } = written;
	const ratio = percentage / 100;
	switch (written.do) {
		case "signal-drop":
		case "full-reconnect":
		case "node-migration":
		case "server-leave":
			return { do: written.do, share };
		case "herd":
			return { do: "herd", share, awayMs: written.away ?? defaults.awayMs };
		case "restart-server":
			return { do: "restart-server", how: written.how ?? "crash" };
		case "restart-turn":
		case "kill-worker":
			return { do: written.do };
		case "loss":
			return { do: "loss", forMs, ratio };
		case "duplicate":
			return { do: "duplicate", forMs, ratio };
		case "reorder":
			return { do: "reorder", forMs, ratio, byMs: by ?? defaults.reorderByMs };
		case "delay":
		case "jitter":
			return { do: written.do, forMs, byMs: by ?? 0 };
		case "bandwidth":
			return { do: "bandwidth", forMs, kilobitsPerSecond: limit };
		case "partition":
			return { do: "partition", forMs };
	}
}
