import * as z from "zod";
import { didYouMean } from "../error/nearest.js";
import { duration } from "./duration.js";
import { durationPattern, notADuration, parseDuration } from "./duration-text.js";
import { mapping, oneOf } from "./mapping.js";
import { shortestStayMs } from "./shortest-stay.js";
import { shown } from "./shown.js";

const notAStay = (value: unknown) =>
	typeof value === "string" && didYouMean(value, ["forever"]) !== ""
		? `expected forever or a duration, got ${shown(value)} — did you mean "forever"?`
		: notADuration(value);

const fixed = z
	.string()
	.regex(new RegExp(`^forever$|${durationPattern.source}`), {
		error: (issue) => notAStay(issue.input),
	})
	.transform((text, context) => {
		if (text === "forever") return { kind: "forever" as const };
		const ms = parseDuration(text);
		if (ms !== undefined && ms >= shortestStayMs) return { kind: "fixed" as const, ms };
		context.addIssue(`a stay is at least 1s, got ${shown(text)}`);
		return z.NEVER;
	});

const bound = duration("A bound of the uniform distribution.", shortestStayMs);

const uniform = mapping({
	uniform: z
		.tuple([bound, bound], {
			error: (issue) =>
				issue.input === undefined
					? undefined
					: `expected two bounds such as [5s, 20s], got ${shown(issue.input)}`,
		})
		.describe("Any stay between the two is as likely."),
}).transform(({ uniform: [leastMs, mostMs] }, context) => {
	if (leastMs <= mostMs) return { kind: "uniform" as const, leastMs, mostMs };
	context.addIssue({
		code: "custom",
		path: ["uniform"],
		message: "the first bound must be the smaller",
	});
	return z.NEVER;
});

const exponential = mapping({
	exponential: duration("The mean stay: 1s plus an exponential rest.", shortestStayMs + 1),
}).transform((stay) => ({ kind: "exponential" as const, meanMs: stay.exponential }));

const lognormal = mapping({
	lognormal: mapping({
		median: duration("The median stay: 1s plus a log-normal rest.", shortestStayMs + 1),
		sigma: z
			.number({
				error: (issue) =>
					issue.input === undefined
						? undefined
						: `expected a number above 0, got ${shown(issue.input)}`,
			})
			.positive()
			.describe("Standard deviation of the logarithm of the rest."),
	}),
}).transform(({ lognormal: { median, sigma } }) => ({
	kind: "lognormal" as const,
	medianMs: median,
	sigma,
}));

/** How long each participant stays, and how long its seat is empty afterwards. */
export const life = mapping({
	stay: oneOf(
		[fixed, uniform, exponential, lognormal],
		"forever, a duration such as 30s, or {uniform: [5s, 20s]}, {exponential: 30s}, {lognormal: {median: 30s, sigma: 0.5}}",
	)
		.prefault("forever")
		.describe("How long a participant stays; at least 1s. A successor takes its seat."),
	rejoin: duration("How long a seat is empty before the successor comes.", 0).prefault("0s"),
})
	.transform(({ stay, rejoin }) => ({ stay, rejoinMs: rejoin }))

	.prefault({})
	.describe("How long participants stay, and what happens then.");
