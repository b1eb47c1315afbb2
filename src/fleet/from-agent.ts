import * as z from "zod";
import { engineNames } from "../engine/engine-name.js";
import { icePolicies } from "../ice/policy.js";
import { failureCauses } from "../participant/failure.js";
import { connectStages, stages } from "../sample/stage.js";

const count = z.int().min(0);
const text = z.string().max(2_000);
const atMs = z.number();
const ofRun = { run: z.string().min(1).max(200) };
const ofShard = { ...ofRun, shard: count };

const labels = z.strictObject({
	engine: z.enum(engineNames),
	ice: z.enum(icePolicies),
	role: z.enum(["publisher", "subscriber", "both"]),
});
const failureStage = z.enum(["credentials", ...stages]);
const cause = z.enum(failureCauses);

/** A turn in a life: who, and which. */
const life = z.strictObject({
	seat: count,
	life: count,
	sample: z.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("begun"), labels, lateMs: z.number() }),
		z.strictObject({ kind: z.literal("joined"), labels }),
		z.strictObject({ kind: z.literal("failed"), labels, stage: failureStage, cause }),
		z.strictObject({ kind: z.literal("lost"), labels, cause }),
		z.strictObject({ kind: z.literal("left"), labels }),
	]),
});

const ofLife = { atMs, seat: count, life: count };
const worker = { atMs, worker: count, pid: count };

/** Those run events that happen on an agent. Times by Redis's clock; `worker` counts within the agent. */
const event = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("worker-started"), ...worker }),
	z.strictObject({
		...{ kind: z.literal("worker-died"), ...worker },
		...{ reason: text, participantsLost: count },
	}),
	z.strictObject({ kind: z.literal("life-joined"), ...ofLife, connectMs: z.number() }),
	z.strictObject({
		...{ kind: z.literal("life-failed"), ...ofLife },
		...{ engine: z.enum(engineNames), stage: failureStage, cause, detail: text },
	}),
	z.strictObject({ kind: z.literal("life-lost"), ...ofLife, cause, detail: text }),
	z.strictObject({
		kind: z.literal("reconnecting"),
		...ofLife,
		how: z.enum(["resume", "restart", "unknown"]),
	}),
	z.strictObject({ kind: z.literal("reconnected"), ...ofLife, durationMs: z.number() }),
	z.strictObject({ kind: z.literal("server"), atMs, version: text }),
]);

const aggregates = z.strictObject({
	counters: z.record(z.string().max(500), z.number()),
	distributions: z.record(
		z.string().max(100),
		z.strictObject({
			...{ hdr: z.string(), numerator: z.number(), denominator: z.number() },
			...{ min: z.number(), max: z.number() },
		}),
	),
});

const recovery = z.strictObject({
	fault: count,
	seat: count,
	outcome: z.union([
		z.literal("gone"),
		z.strictObject({
			outcome: z.literal("recovered"),
			gapMs: z.number(),
			recoveryMs: z.number(),
		}),
		z.strictObject({ outcome: z.literal("failed"), gapMs: z.number() }),
	]),
});

const workerView = z.strictObject({
	...{ worker: count, pid: count, alive: count, joining: count },
	...{ cpu: z.number(), rssBytes: z.number(), lagP99Ms: z.number() },
});

/** All agents' messages but for what every one has. */
const body = {
	reserved: { kind: z.literal("reserved"), ...ofRun },
	refused: { kind: z.literal("refused"), ...ofRun, why: text },
	ready: {
		...{ kind: z.literal("ready"), ...ofShard },
		workers: count,
		engines: z.array(
			z.strictObject({
				...{ name: z.enum(engineNames), version: text },
				sees: z.array(z.enum(connectStages)),
			}),
		),
	},
	/** What happened and was measured on one shard since the report before; each second, and at the end. */
	report: {
		...{ kind: z.literal("report"), ...ofShard },
		/** When it was made, by Redis's clock. */
		atMs,
		aggregates,
		lives: z.array(life),
		events: z.array(event),
		recoveries: z.array(recovery),
		workers: z.array(workerView),
		/** Of this shard on this agent since it began. */
		tester: z.strictObject({
			...{ takenOver: count, workersDied: count },
			...{ cpuSeconds: z.number(), maxRssBytes: z.number() },
		}),
		/** Identities of lives that are about to begin and have no token. */
		tokensWanted: z.array(z.string().max(200)),
		/** A fresh worker has begun to live these seats in place of a dead one. */
		replaced: z.array(count),
		/** All lives of the shard are over, or were ended: nothing more comes of it. */
		isLast: z.boolean(),
	},
	/** It cannot be done: the order was wrong, or the pool was lost. Nothing more comes of the shard. */
	failed: {
		...{ kind: z.literal("failed"), ...ofShard },
		...{ message: text, hint: text.optional(), exitCode: z.union([z.literal(1), z.literal(2)]) },
	},
};

/** Counts the messages of one agent within one run, from 1: each is taken once, in this order. */
const seq = z.int().min(1);

export const fromAgentSchema = z.discriminatedUnion("kind", [
	z.strictObject({ ...body.reserved, seq }),
	z.strictObject({ ...body.refused, seq }),
	z.strictObject({ ...body.ready, seq }),
	z.strictObject({ ...body.report, seq }),
	z.strictObject({ ...body.failed, seq }),
]);
export type FromAgent = z.infer<typeof fromAgentSchema>;
export type FromAgentKind<K extends FromAgent["kind"]> = Extract<FromAgent, { kind: K }>;
type WithoutSeq<T> = T extends unknown ? Omit<T, "seq"> : never;
/** A message that is not yet numbered. */
export type FromAgentBody = WithoutSeq<FromAgent>;
