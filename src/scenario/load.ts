import { z } from "zod";
import { duration } from "./duration.js";
import { choice, mapping, oneOf } from "./mapping.js";
import { percent } from "./percent.js";
import { shown } from "./shown.js";

const perMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

const notARate = (value: unknown) =>
	`expected a rate above zero such as 5/s, 30/m or 100/h, got ${shown(value)}`;

/** Arrivals as `count` every `perMs` milliseconds: kept as a fraction so that even arrivals are exact. */
const rate = z
	.string({ error: (issue) => (issue.input === undefined ? undefined : notARate(issue.input)) })
	.regex(/^\d+(?:\.\d+)?\/[smh]$/, { error: (issue) => notARate(issue.input) })
	.transform((text, context) => {
		const [count = "", unit = ""] = text.split("/");
		if (Number(count) > 0)
			return { count: Number(count), perMs: perMs[unit as keyof typeof perMs] };
		context.addIssue(notARate(text));
		return z.NEVER;
	})
	.describe("Arrivals per second (5/s), minute (30/m) or hour (100/h).");

const ramp = mapping({
	ramp: duration("How long the number of participants takes to get there; 0s jumps.", 0),
	to: oneOf(
		[
			percent("Share of all participants.", " or a whole number of participants").transform(
				(value) => ({ percent: value }),
			),
			z
				.int()
				.min(0)
				.transform((value) => ({ participants: value })),
		],
		"a percentage such as 50% or a whole number of participants",
	).describe("How many should be alive at the end of the ramp: a percentage or a whole number."),
}).transform((step) => ({ kind: "ramp" as const, durationMs: step.ramp, to: step.to }));

const hold = mapping({
	hold: duration("How long the number of participants stays as it is."),
}).transform((step) => ({ kind: "hold" as const, durationMs: step.hold }));

const arrive = mapping({
	arrive: rate,
	for: duration("How long participants arrive."),
	spacing: choice(["even", "poisson"])
		.default("poisson")
		.describe("even: equal gaps. poisson: independent arrivals, exponential gaps."),
}).transform((step) => ({
	kind: "arrive" as const,
	durationMs: step.for,
	rate: step.arrive,
	spacing: step.spacing,
}));

/** The load when a scenario names none: everybody at once, for 30 s. */
export const defaultLoad: readonly [{ ramp: string; to: string }, { hold: string }] = [
	{ ramp: "0s", to: "100%" },
	{ hold: "30s" },
];

/** The load shape, steps in order. */
export const load = z
	.array(
		oneOf(
			[ramp, hold, arrive],
			"a step such as {ramp: 10s, to: 100%}, {hold: 30s} or {arrive: 5/s, for: 60s}",
		),
	)
	.min(1)
	.prefault([...defaultLoad])
	.describe("The load shape: ramps and holds, or arrivals on a schedule (open model).");
