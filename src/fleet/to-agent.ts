import * as z from "zod";
import { blows } from "../scenario/fault.js";

const shard = z.int().min(0);
const seats = z.array(z.int().min(0)).max(100_000);
const ofRun = { run: z.string().min(1).max(200) };
const ofShard = { ...ofRun, shard };
/** Epoch milliseconds by Redis's clock: each agent knows how far its own is from it. */
const redisMs = z.number();

/** TURN servers with credentials that end soon; never the secret that they are computed from. */
const turn = z.strictObject({
	uris: z.array(z.string().max(500)).min(1).max(20),
	username: z.string().max(500),
	password: z.string().max(500),
});

const blow = z.union([
	z.enum(blows),
	z.strictObject({ herd: z.strictObject({ awayMs: z.number().min(0) }) }),
]);

/** Everything that a coordinator can say to an agent. Nothing in it is a path or code, and no secret of the API. */
export const toAgentSchema = z.discriminatedUnion("kind", [
	/** Be mine until the run ends. Answered by `reserved` or `refused`. */
	z.strictObject({ kind: z.literal("reserve"), ...ofRun, livesoakVersion: z.string().max(50) }),
	/** Get ready to live these seats. Answered by `ready` or `failed`. An agent may have several shards, one after a loss. */
	z.strictObject({
		kind: z.literal("prepare"),
		...ofShard,
		/** The scenario as the text of a scenario file; read and checked like one. */
		scenario: z.string().max(1_000_000),
		runTag: z.string().regex(/^[a-z0-9-]{1,64}$/),
		url: z.string().max(2_000),
		turn: turn.optional(),
		turnCaPem: z.string().max(100_000).optional(),
		seats,
		/** Where the plan is taken up, in plan time. */
		fromMs: z.number().min(0),
		/** Without a new pulse for this long the agent ends its participants. */
		leaseMs: z.int().min(1_000),
	}),
	/** Room tokens by identity; sent ahead of the lives that need them, or when asked for. */
	z.strictObject({
		kind: z.literal("tokens"),
		...ofShard,
		tokens: z.record(
			z.string().max(200),
			z.strictObject({ token: z.string().max(10_000), url: z.string().max(2_000).optional() }),
		),
		/** Why there is none, by identity. */
		refused: z.record(z.string().max(200), z.string().max(1_000)),
	}),
	z.strictObject({ kind: z.literal("start"), ...ofShard, startAtMs: redisMs }),
	z.strictObject({
		kind: z.literal("fault-began"),
		...ofShard,
		watch: z.strictObject({
			number: z.int().min(0),
			beganAtMs: redisMs,
			fromMs: redisMs.optional(),
			withinMs: z.number().min(0),
			seats,
			blow: blow.optional(),
		}),
	}),
	z.strictObject({
		kind: z.literal("fault-ended"),
		...ofShard,
		fault: z.int().min(0),
		fromMs: redisMs,
	}),
	/** A fault of the scenario: this worker process is to die. */
	z.strictObject({ kind: z.literal("kill-worker"), ...ofShard, worker: z.int().min(0) }),
	/** Start nothing new, everyone leaves. */
	z.strictObject({ kind: z.literal("stop"), ...ofRun }),
	/** The run is over for this agent: it ends what it still has at once, and is free again. */
	z.strictObject({ kind: z.literal("release"), ...ofRun }),
]);
export type ToAgent = z.infer<typeof toAgentSchema>;
export type ToAgentKind<K extends ToAgent["kind"]> = Extract<ToAgent, { kind: K }>;
