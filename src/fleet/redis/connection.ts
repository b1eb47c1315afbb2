import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock/clock.js";
import { systemClock } from "../../clock/system-clock.js";
import { within } from "../../clock/within.js";
import { UserError } from "../../error/user-error.js";
import type { RedisAddress } from "./address.js";
import { type RedisClient, redisClient } from "./client.js";
import { RedisClock } from "./clock.js";
import { Queues } from "./queues.js";
import { redisTrouble } from "./trouble.js";
import { openWorker } from "./worker.js";

/** All of connecting and trying ends within this. */
const openMs = 15_000;
const closeMs = 2_000;
/** The first one with all that BullMQ uses. */
const oldest = [6, 2] as const;

export interface RedisRequest {
	readonly redis: RedisAddress;
	/** Told once, at the start: what works but should be otherwise. @default nothing */
	readonly onWarning?: (line: string) => void;
	/** @default the system's */
	readonly clock?: Clock;
}

/** What both ends of the link stand on: a connection for sending, the queues, and Redis's clock. */
export interface RedisConnection {
	readonly address: RedisAddress;
	readonly client: RedisClient;
	readonly queues: Queues;
	readonly clock: RedisClock;
	/** The result of `work`; what goes wrong is a UserError in one sentence. */
	attempt<T>(work: () => Promise<T>): Promise<T>;
	/** Closes `parts` first. Bounded in time; idempotent. */
	close(parts: readonly (() => Promise<void>)[]): Promise<void>;
}

/**
 * Connects, and tries all that will be needed, once. Later outages are not its matter: what is sent meanwhile is
 * rejected.
 * @throws UserError in one sentence, within 15 s: not there, TLS, password, rights, version, out of memory
 */
export async function connectRedis(request: RedisRequest): Promise<RedisConnection> {
	const { redis: address, clock = systemClock } = request;
	const client = redisClient(address, "sender");
	client.on("error", () => {});
	const queues = new Queues(client);
	const redisClock = new RedisClock(client, clock);
	let closing: Promise<void> | undefined;
	const close = async (parts: readonly (() => Promise<void>)[]) => {
		redisClock.stop();
		await within(clock, closeMs, Promise.allSettled(parts.map((part) => part())));
		await within(clock, closeMs, queues.closeAll());
		client.disconnect();
	};
	const connection: RedisConnection = {
		...{ address, client, queues, clock: redisClock },
		async attempt(work) {
			try {
				return await work();
			} catch (error) {
				throw redisTrouble(address, error);
			}
		},
		close: (parts) => (closing ??= close(parts)),
	};
	try {
		const opened = within(
			clock,
			openMs,
			open(connection, request).then(() => true),
		);
		if ((await opened) === undefined) throw new Error("connect ETIMEDOUT");
	} catch (error) {
		await connection.close([]);
		throw redisTrouble(address, error);
	}
	redisClock.keepMeasuring();
	return connection;
}

async function open(
	{ address, client, queues, clock }: RedisConnection,
	{ onWarning }: RedisRequest,
): Promise<void> {
	await knock(address, onWarning);
	await client.connect();
	await clock.measure();
	await tryJob(address, queues);
}

/** With a client that gives up at the first failure and says why. */
async function knock(
	address: RedisAddress,
	onWarning: ((line: string) => void) | undefined,
): Promise<void> {
	const probe = redisClient(address, "probe");
	let said: Error | undefined;
	// The first is the cause: what follows only says that the connection is closed.
	probe.on("error", (error) => {
		said ??= error;
	});
	try {
		await probe.connect();
		const info = await probe.info();
		const version = /^redis_version:(\d+)\.(\d+)\S*/m.exec(info);
		if (version !== null && isOlder([Number(version[1]), Number(version[2])], oldest)) {
			throw new UserError({
				message: `Redis at ${address.text} is version ${version[0].slice(14)}.`,
				hint: `livesoak needs ${oldest.join(".")} or later.`,
				exitCode: 1,
			});
		}
		const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
		if (policy !== undefined && policy !== "noeviction")
			onWarning?.(
				`Redis at ${address.text} has maxmemory-policy ${policy}: when its memory is full it deletes what agents have sent. Set noeviction.`,
			);
	} catch (error) {
		throw error instanceof UserError ? error : (said ?? error);
	} finally {
		probe.disconnect();
	}
}

function isOlder(version: readonly [number, number], than: readonly [number, number]): boolean {
	return version[0] < than[0] || (version[0] === than[0] && version[1] < than[1]);
}

/** One job there and back: a right that is missing is found now, not in the middle of a run. */
async function tryJob(address: RedisAddress, queues: Queues): Promise<void> {
	const name = `check-${randomUUID()}`;
	const queue = queues.get(name);
	const { worker, close } = openWorker(address, name, undefined);
	worker.on("error", () => {});
	try {
		await queue.add("check", {});
		const job = await worker.getNextJob("check");
		await job?.updateData({});
		await job?.extendLock("check", 5_000);
		await job?.moveToCompleted(undefined, "check", false);
		await queue.getWaiting(0, 1);
		await queue.obliterate({ force: true });
	} finally {
		await close();
		await queues.close(name);
	}
}
