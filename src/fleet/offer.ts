import * as z from "zod";

/** What travels over Redis is checked as strictly as a scenario file: an unknown key is an error. */
const count = z.int().min(0);

/** A machine that offers itself: what `livesoak agent` says of it, renewed every second. */
export const offerSchema = z.strictObject({
	/** Unique for each start of an agent; safe in a queue's name. */
	agent: z.string().regex(/^[a-z0-9-]{1,64}$/),
	/** For people: the host's name unless `--name` says otherwise. */
	name: z.string().min(1).max(100),
	livesoakVersion: z.string().min(1).max(50),
	cores: count,
	memoryBytes: count,
	/** How many participants of one engine alone it holds. */
	capacity: z.strictObject({ lite: count, native: count }),
	/** Such as `region=eu-west`. */
	labels: z.record(z.string().max(63), z.string().max(63)),
	/** The run that has taken it; absent: it is free. */
	run: z.string().max(200).optional(),
	/** Redis's clock minus this machine's, in milliseconds. */
	clockOffsetMs: z.number(),
	/** Half the shortest round trip: the offset is known to this much. */
	clockErrorMs: z.number().min(0),
	/** When it was last renewed, by Redis's clock. */
	atMs: z.number(),
});
export type Offer = z.infer<typeof offerSchema>;
