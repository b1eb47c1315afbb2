import { Redis } from "ioredis";
import type { Clock } from "../../clock/clock.js";
import type { FleetClock } from "../link.js";
import type { RedisClient } from "./client.js";
import { keyOf } from "./queues.js";

/** Round trips a measurement: the shortest one tells most. */
const samples = 7;
/** Clocks of machines drift by some ten microseconds a second. */
const measureEveryMs = 10_000;

/** How far Redis's clock is from ours, measured now and then (NTP's on-wire formula, RFC 5905 §8). */
export class RedisClock implements FleetClock {
	readonly #client: RedisClient;
	readonly #clock: Clock;
	#offsetMs = 0;
	#errorMs = Number.POSITIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;

	constructor(client: RedisClient, clock: Clock) {
		this.#client = client;
		this.#clock = clock;
	}

	get offsetMs(): number {
		return this.#offsetMs;
	}

	get errorMs(): number {
		return this.#errorMs;
	}

	/** Epoch milliseconds by Redis's clock. */
	nowMs(): number {
		return this.#clock.nowMs() + this.#offsetMs;
	}

	/** Takes the offset anew; the one before stays where Redis does not answer. */
	async measure(): Promise<void> {
		let best: { offsetMs: number; errorMs: number } | undefined;
		for (let n = 0; n < samples; n++) {
			const beforeMs = this.#clock.nowMs();
			const redisMs = await timeOf(this.#client);
			const errorMs = (this.#clock.nowMs() - beforeMs) / 2;
			if (best === undefined || errorMs < best.errorMs)
				best = { offsetMs: redisMs - (beforeMs + errorMs), errorMs };
		}
		if (best === undefined) return;
		this.#offsetMs = best.offsetMs;
		this.#errorMs = best.errorMs;
	}

	/** Measures from time to time until `stop`. */
	keepMeasuring(): void {
		this.#timer = setInterval(() => {
			this.measure().catch(() => {});
		}, measureEveryMs);
		this.#timer.unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}

/** Epoch milliseconds. A cluster's nodes have a clock each: that of the node with our keys counts. */
async function timeOf(client: RedisClient): Promise<number> {
	const answer =
		client instanceof Redis
			? await client.time()
			: await client.eval("return redis.call('TIME')", 1, keyOf("clock"));
	const [seconds, microseconds] = Array.isArray(answer) ? answer.map(Number) : [];
	if (seconds === undefined || microseconds === undefined)
		throw new Error("Redis answered TIME with something else");
	return seconds * 1_000 + microseconds / 1_000;
}
