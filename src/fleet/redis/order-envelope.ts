import * as z from "zod";

/** What an order lies in: who sent it, and its place among those of the same sender to the same agent. */
export const orderEnvelopeSchema = z.strictObject({
	/** One link of a coordinator; unique for each. */
	sender: z.string().regex(/^[a-z0-9-]{1,64}$/),
	/** Counts from 1. One may be missing: that it could not be sent was told to its sender. */
	number: z.int().min(1),
	/** The last one before that Redis took; 0: none. */
	after: z.int().min(0),
	order: z.unknown(),
});
export type OrderEnvelope = z.infer<typeof orderEnvelopeSchema>;
