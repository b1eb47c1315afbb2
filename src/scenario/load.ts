import * as z from "zod";
import { duration } from "./duration.js";
import { choice, mapping, oneOf } from "./mapping.js";
import { percent } from "./percent.js";
import { rate } from "./rate.js";

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
	arrive: rate("Arrivals"),
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
