import * as z from "zod";

const count = z.int().min(0);

const distribution = z.object({
	unit: z.string().describe("ms, ratio or mos"),
	count: count.describe("Readings; for a ratio windows of about a second"),
	min: z.number(),
	mean: z.number().describe("Exact; for a ratio numerator / denominator"),
	p50: z.number(),
	p90: z.number(),
	p95: z.number(),
	p99: z.number(),
	p999: z.number(),
	max: z.number(),
	hdr: z.string().describe("HDR histogram, compressed V2, base64; mergeable"),
	hdrStep: z.number().describe("One integer of the histogram, in `unit`"),
	numerator: z.number().optional().describe("Of a ratio: exact signed sum"),
	denominator: z.number().optional(),
});

const threshold = z.object({
	metric: z.string(),
	expression: z.string().describe("As the scenario has it"),
	observed: z.number().optional().describe("In `unit`; absent when nothing was observed"),
	unit: z.string(),
	ok: z.boolean(),
	advisory: z.boolean().describe("True: a failure does not change the verdict"),
	reason: z.string().optional().describe("Why nothing was observed"),
});

const candidatePair = z.object({
	peer: z.enum(["publisher", "subscriber", "both"]),
	local: z.enum(["host", "srflx", "prflx", "relay"]),
	remote: z.enum(["host", "srflx", "prflx", "relay"]),
	protocol: z.enum(["udp", "tcp"]),
	relayProtocol: z.enum(["udp", "tcp", "tls"]).optional(),
	count,
});

const spread = z
	.object({ p50: z.number(), p95: z.number(), max: z.number() })
	.describe("Milliseconds, over the participants that the fault met");

const fault = z.object({
	do: z.string(),
	atMs: z.number().min(0).describe("Since the start of the run"),
	untilMs: z.number().min(0).describe("When the fault itself was over"),
	means: z.string().describe("How it was done"),
	error: z.string().optional().describe("Why it could not be done"),
	affected: count.describe("Participants that it met"),
	recovered: count.describe("Of them, those whose media came back in time"),
	failed: count.describe(
		"Of them, those lost or without media; the rest left as planned, or the run ended",
	),
	recoveryMs: spread.optional().describe("Of those that recovered; absent where nobody did"),
	audioGapMs: spread.optional().describe("Longest time without RTP of each"),
	levelOk: z
		.boolean()
		.optional()
		.describe(
			"Participants, loss and jitter were as before; absent where there was no time to look",
		),
	levelText: z
		.string()
		.optional()
		.describe("What was not as before; without levelOk: why nobody looked"),
});

const trend = z.object({
	figure: z.string(),
	unit: z
		.enum(["bytes", "ratio", "ms"])
		.describe("Of level; perHour and interval are so much an hour"),
	level: z.number().describe("Median"),
	perHour: z.number().describe("Theil–Sen slope"),
	interval: z.tuple([z.number(), z.number()]).describe("99 % confidence interval of perHour"),
	fromMs: z.number().describe("What was looked at, since the start of the run"),
	untilMs: z.number(),
	drifts: z.boolean().describe("Grows for sure, by a size that matters, and goes on"),
	text: z.string(),
});

/** The content of summary.json and of `run --json`. Other programs read it: change it with `schema`. */
export const summarySchema = z
	.object({
		schema: z.literal(1).describe("Version of this shape"),
		verdict: z.enum(["passed", "failed", "invalid", "aborted", "error"]),
		exitCode: z.int().min(0).max(255),
		reason: z.string().optional().describe("Why the run was aborted or could not run to the end"),
		runId: z.string().optional(),
		startedAt: z.string().describe("ISO 8601, UTC"),
		durationMs: z.number().min(0),
		scenario: z.string().describe("The scenario's name"),
		seed: z.number(),
		engines: z.record(z.string(), z.string()).describe("Version by engine name"),
		server: z.object({
			version: z.string().optional().describe("As the server says; absent if nobody joined"),
			url: z.string().describe("Host and port only"),
			embedded: z.boolean(),
		}),
		participants: z
			.object({
				planned: count,
				takenOver: count.describe(
					"Begun again: by a fresh worker in place of a dead one, or after a fault that sends people out",
				),
				joined: count,
				failed: count,
				lost: count.describe("Joined, then gone before the planned end"),
				left: count,
				unfinished: count.describe("Joined and still there when the run ended"),
				notStarted: count.describe("Neither joined nor failed: the run ended first"),
			})
			.describe(
				"planned + takenOver = joined + failed + notStarted; joined = lost + left + unfinished",
			),
		packets: z.object({
			sent: count,
			received: count,
			lost: z.int().describe("Signed: a packet that comes late lowers it again (RFC 3550)"),
			reordered: count.optional().describe("Came after a later one; absent where no engine tells"),
			duplicated: count.optional().describe("Copies; in no other figure"),
		}),
		decryption: z
			.object({ sampled: count, succeeded: count })
			.optional()
			.describe(
				"Packets counted by their RTP headers, of which this sample was decrypted too; absent when all were",
			),
		data: z
			.object({
				sent: count,
				received: count.describe("By all listeners together, without duplicates"),
				lost: z.int().describe("Missing between the first and the last that came"),
				duplicated: count,
				reordered: count,
			})
			.optional()
			.describe("Data messages; absent when the scenario asked for none"),
		metrics: z.record(z.string(), distribution).describe("By metric name; see docs/metrics.md"),
		unknown: z.array(z.string()).describe("Metrics that no engine of this run can see"),
		failures: z.array(z.object({ stage: z.string(), cause: z.string(), count })),
		lostCauses: z.array(z.object({ cause: z.string(), count })),
		reconnects: z.array(z.object({ cause: z.string(), count })),
		candidatePairs: z.array(candidatePair),
		thresholds: z.array(threshold),
		faults: z.array(fault).describe("Faults of the scenario, in order of time"),
		trends: z
			.array(trend)
			.optional()
			.describe("Slopes over the steady part; absent where no hold lasts five minutes"),
		resumed: z
			.array(
				z.object({
					atMs: z.number().min(0).describe("On the run's own clock, which stood still meanwhile"),
					gapMs: z.number(),
				}),
			)
			.optional()
			.describe("Times that the run was killed and went on (run --resume)"),
		invalidities: z
			.array(
				z.object({
					rule: z.string(),
					observed: z.number(),
					limit: z.number(),
					unit: z.string(),
					text: z.string(),
				}),
			)
			.describe("Why the measurement cannot be trusted; empty is good"),
		mos: z
			.object({
				model: z.string(),
				r0: z.number(),
				ie: z.number(),
				bpl: z.number(),
				burstRatio: z.number(),
				packetizationMs: z.number(),
				lookaheadMs: z.number(),
				meanDelayMs: z.number().optional().describe("Mean of the delays put into the model"),
				lossRatio: z.number().optional().describe("Loss over the whole run"),
			})
			.describe("The constants and inputs of the quality estimate"),
		tester: z.object({
			cpuSeconds: z.number().min(0),
			maxRssBytes: z.number().min(0),
			workers: count,
			workersDied: count,
			agents: count.optional().describe("Machines that lived the plan; absent where it was one"),
			agentsLost: count.optional().describe("Of them, those that fell silent or gave up"),
			lagP99Ms: z.number().optional().describe("Absent when no lag was sampled"),
		}),
	})
	.describe("Result of a livesoak run");

export type Summary = z.infer<typeof summarySchema>;
/** A fault of the scenario, as the summary has it. */
export type FaultSummary = Summary["faults"][number];
