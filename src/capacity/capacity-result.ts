import * as z from "zod";

const count = z.int().min(0);
const interval = z.object({
	low: count,
	high: count.nullable().describe("null: nothing was seen to break, there is no upper end"),
});
const cost = z.object({
	value: z.number().describe("For one more participant, at the limit"),
	low: z.number(),
	high: z.number().describe("low and high: 95 % confidence interval (Student's t)"),
	model: z.enum(["linear", "quadratic"]).describe("How the figure grows with participants"),
	r2: z.number(),
	points: count.describe("Runs it is taken from"),
});

const step = z.object({
	step: z.int().min(1),
	why: z.enum(["ramp", "bisect", "repeat"]),
	count: count.describe("In `unit`"),
	participants: count,
	outcome: z
		.enum(["passed", "failed", "invalid"])
		.describe("invalid: the tester itself could not keep up"),
	runId: z.string().describe("Name of its result folder below `steps`"),
	durationMs: z.number().min(0),
	joined: count,
	failed: count,
	lost: count,
	connectP95Ms: z.number().optional(),
	lossRatio: z.number().optional(),
	jitterP95Ms: z.number().optional(),
	packetsPerSecond: z.number().optional().describe("RTP delivered, while the number is held"),
	thresholds: z.array(z.string()).describe("Those that failed, with what was observed"),
	invalidities: z.array(z.string()),
	failures: z.array(z.object({ stage: z.string(), cause: z.string(), count })),
	lostCauses: z.array(z.object({ cause: z.string(), count })),
	server: z
		.object({
			cpuCores: z.number().optional().describe("Mean while the number is held"),
			peakCpuCores: z.number().optional().describe("Highest of about a second, joins included"),
			cores: z.number().optional().describe("That it can use"),
			rssBytes: z.number().optional(),
		})
		.optional()
		.describe("From its own metrics; absent where they are not known"),
	turn: z.object({ cpuCores: z.number().optional() }).optional().describe("coturn started here"),
	tester: z.object({
		cpuCores: z.number().optional().describe("Mean while the number is held"),
		peakCpuCores: z.number().optional(),
		maxRssBytes: z.number(),
		lagP99Ms: z.number().optional(),
	}),
	receiveBufferErrors: count
		.optional()
		.describe("UDP datagrams that this machine dropped because a receive buffer was full"),
});

/** The content of capacity.json and of `capacity --json`. Other programs read it: change it with `schema`. */
export const capacitySchema = z
	.object({
		schema: z.literal(1).describe("Version of this shape"),
		scenario: z.string(),
		seed: z.number(),
		startedAt: z.string().describe("ISO 8601, UTC"),
		durationMs: z.number().min(0),
		ended: z
			.enum([
				"running",
				"found",
				"least-breaks",
				"most-holds",
				"steps",
				"time",
				"stopped",
				"server-lost",
				"error",
			])
			.describe("Why the search ended; found: the edge is within the resolution and confirmed"),
		exitCode: z.int().min(0).max(255),
		reason: z.string().optional().describe("Why it could not go to its end"),
		unit: z.enum(["participants", "rooms", "publishers"]),
		limit: count.describe(
			"The largest that held, all smaller ones that were tried holding as well",
		),
		atLeast: z.boolean().describe("true: `limit` is a lower bound, not the server's limit"),
		participants: count.describe("In all rooms, at the limit"),
		breaks: count.optional().describe("The smallest that did not hold"),
		interval: interval.describe("95 % credible interval of the limit; see docs/capacity.md"),
		limitedBy: z
			.enum(["server", "network", "turn", "tester", "none"])
			.describe("What broke first; none: nothing did"),
		certainty: z.enum(["clear", "likely", "unclear"]),
		evidence: z.array(z.string()).describe("What that is concluded from"),
		notes: z.array(z.string()).describe("What the number does not say"),
		server: z.object({
			url: z.string().describe("Host and port only"),
			embedded: z.boolean(),
			version: z.string().optional(),
			cores: z.number().optional(),
			sharesMachine: z.boolean().describe("It runs on the tester's machine"),
		}),
		machine: z.object({ cpu: z.string(), cores: count }).describe("The tester's"),
		knees: z
			.array(
				z.object({
					figure: z.enum(["connectP95Ms", "lossRatio", "jitterP95Ms", "serverCpuCores"]),
					participants: count.describe("From here on it rises faster"),
					before: z.number().describe("Rise for one more participant, before and after"),
					after: z.number(),
				}),
			)
			.describe("Bends upwards of a figure against participants; piecewise-linear fit"),
		costs: z
			.object({
				serverCpuCores: cost.optional(),
				serverRssBytes: cost.optional(),
				packetsPerSecond: cost.optional(),
			})
			.describe("Of one more participant, from the runs that passed"),
		extrapolation: z
			.object({
				extrapolated: z.literal(true),
				cores: z.number(),
				participants: count,
				interval,
				assumption: z.string(),
			})
			.optional()
			.describe("A guess for a machine of another size; never measured"),
		steps: z.array(step),
	})
	.meta({ title: "livesoak capacity" });

export type Capacity = z.infer<typeof capacitySchema>;
export type CapacityStep = z.infer<typeof step>;
export type CapacityUnit = Capacity["unit"];
