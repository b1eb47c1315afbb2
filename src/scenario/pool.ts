import * as z from "zod";
import { choice, mapping, oneOf } from "./mapping.js";

/** The worker processes. */
export const pool = mapping({
	workers: oneOf(
		[z.literal("auto"), z.int().min(1)],
		"auto or a whole number of worker processes from 1",
		["auto"],
	)
		.default("auto")
		.describe("Number of worker processes; auto takes as many as participantsPerWorker asks for."),
	participantsPerWorker: oneOf(
		[z.literal("auto"), z.int().min(1)],
		"auto or a whole number of participants from 1",
		["auto"],
	)
		.default("auto")
		.describe("At most this many in one worker; auto: 25 native ones, or 400 light ones."),
	joinsInFlight: z.int().min(1).default(10).describe("Joins that one worker has open at a time."),
	onAgentLoss: choice(["count", "replace"])
		.default("count")
		.describe(
			"Participants of a lost agent (many machines): counted as lost; replace: another agent takes over.",
		),
})
	// Absent where it is the default: what was run before there were agents stays the same scenario.
	.transform(({ onAgentLoss, ...rest }): typeof rest & { onAgentLoss?: "replace" } =>
		onAgentLoss === "replace" ? { ...rest, onAgentLoss } : rest,
	)
	.prefault({})
	.describe("The worker processes.");
