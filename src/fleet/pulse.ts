import * as z from "zod";

/**
 * What the coordinator says to all agents of its run each second. An agent that sees no new one for as long as its
 * lease ends its participants: either it is cut off, or nobody leads the run any more.
 */
export const pulseSchema = z.strictObject({
	run: z.string().max(200),
	/** By Redis's clock; each pulse has a later one. */
	atMs: z.number(),
	/** The highest `seq` heard of each agent: it need not keep what came up to there. */
	heard: z.record(z.string(), z.int().min(0)),
});
export type Pulse = z.infer<typeof pulseSchema>;
