import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisAddress } from "./address.js";

export type RedisClient = Redis | Cluster;

/** A connection that hears nothing for this long although it asked is given up, and made anew. */
const silenceMs = 5_000;
/** No wait between two attempts to connect is longer. */
const longestRetryMs = 1_000;

/**
 * `sender` refuses a command at once while there is no connection, and never sends one twice: who sends knows where
 * it stands. `receiver` waits until there is one again. `probe` gives up at the first failure.
 */
export type ClientKind = "sender" | "receiver" | "probe";

/** A client that is not connected yet. Who makes it closes it with `disconnect()`. */
export function redisClient(address: RedisAddress, kind: ClientKind): RedisClient {
	const options = optionsFor(address, kind);
	const retry = (times: number) => (kind === "probe" ? null : retryMs(times));
	if (!address.cluster)
		return new Redis({
			...options,
			host: address.host,
			port: address.port,
			db: address.db,
			retryStrategy: retry,
			enableOfflineQueue: kind !== "sender",
		});
	return new Cluster([{ host: address.host, port: address.port }], {
		redisOptions: options,
		lazyConnect: true,
		clusterRetryStrategy: retry,
		enableOfflineQueue: kind !== "sender",
		slotsRefreshTimeout: silenceMs,
		// A node that comes back at its old address is the same node again.
		clusterNodeRetryStrategy: retry,
		// A name may be in the certificate where its address is not.
		...(address.tls ? { dnsLookup: (host, done) => done(null, host) } : {}),
	});
}

function optionsFor(address: RedisAddress, kind: ClientKind) {
	return {
		lazyConnect: true,
		connectTimeout: silenceMs,
		socketTimeout: silenceMs,
		...(kind === "receiver" ? {} : { commandTimeout: silenceMs }),
		maxRetriesPerRequest: kind === "receiver" ? null : 0,
		autoResendUnfulfilledCommands: kind === "receiver",
		// The older protocol needs fewer rights, and nothing of the newer one is used.
		protocol: 2,
		disableClientInfo: true,
		...(address.username === undefined ? {} : { username: address.username }),
		...(address.password === undefined ? {} : { password: address.password }),
		...(address.tls ? { tls: address.caPem === undefined ? {} : { ca: address.caPem } } : {}),
	} satisfies RedisOptions;
}

/** Fast at first, for a restart; then steadily, so that many agents do not storm a Redis that just came up. */
function retryMs(times: number): number {
	return Math.min(50 * 2 ** Math.min(times, 10), longestRetryMs) * (0.75 + Math.random() / 2);
}
