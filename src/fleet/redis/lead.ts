import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "./client.js";
import { inKey, keyOf } from "./queues.js";

/** A leader that does not renew for this long leads no more. */
export const leadMs = 5_000;
const lookEveryMs = 250;

/** Renews the lock where it is ours or nobody's. `PEXPIRE` works while Redis is out of memory, where `SET` does not. */
const renewScript = `
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** The lock that says who coordinates a run. */
export class Lead {
	readonly #client: RedisClient;
	readonly #key: string;
	readonly #holder = randomUUID();
	#wasTaken = false;

	constructor(client: RedisClient, run: string) {
		this.#client = client;
		this.#key = keyOf(`lead:${inKey(run)}`);
	}

	/** This coordinator led the run at least once: it must not speak for it while another one does. */
	get wasTaken(): boolean {
		return this.#wasTaken;
	}

	/**
	 * Takes the lock. Where another one has it, waits until it either renews it, which says that it lives, or loses it.
	 * @returns false where another one lives
	 */
	async take(): Promise<boolean> {
		for (let leftMs = Number.POSITIVE_INFINITY; ; ) {
			if (await this.renew()) return true;
			const nowLeftMs = await this.#client.pttl(this.#key);
			if (nowLeftMs > leftMs) return false;
			leftMs = nowLeftMs < 0 ? Number.POSITIVE_INFINITY : nowLeftMs;
			await sleep(lookEveryMs);
		}
	}

	/** @returns false where another one has it */
	async renew(): Promise<boolean> {
		const answer = await this.#client.eval(renewScript, 1, this.#key, this.#holder, leadMs);
		if (answer === 1) this.#wasTaken = true;
		return answer === 1;
	}

	async release(): Promise<void> {
		if (!this.#wasTaken) return;
		await this.#client.eval(releaseScript, 1, this.#key, this.#holder);
	}
}
