import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "./client.js";
import { inKey, keyOf } from "./queues.js";

/** A leader that does not renew for this long leads no more. */
export const leadMs = 5_000;
const lookEveryMs = 250;
/** As long as what a killed run left is kept. */
const rememberedMs = 24 * 3_600_000;

/**
 * Renews the lock where it is ours or nobody's. Who led before and finds it free leads on only where nobody has taken
 * the run over meanwhile: that one's folder may be at its end. `PEXPIRE` works while Redis is out of memory, where
 * `SET` does not.
 */
const renewScript = `
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if holder then return 0 end
if ARGV[3] == 'led' then
	local heir = redis.call('GET', KEYS[2])
	if heir and heir ~= ARGV[1] then return 0 end
elseif ARGV[3] == 'heir' then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[4]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** The lock that says who coordinates a run. */
export class Lead {
	readonly #client: RedisClient;
	readonly #key: string;
	/** Says who took the run over last. */
	readonly #heirKey: string;
	readonly #isHeir: boolean;
	readonly #holder = randomUUID();
	#wasTaken = false;

	/** @param isHeir it takes over a run that another one led */
	constructor(client: RedisClient, run: string, isHeir: boolean) {
		this.#client = client;
		this.#key = keyOf(`lead:${inKey(run)}`);
		this.#heirKey = keyOf(`heir:${inKey(run)}`);
		this.#isHeir = isHeir;
	}

	/** This coordinator led the run at least once: it must not speak for it while another one does. */
	get wasTaken(): boolean {
		return this.#wasTaken;
	}

	/**
	 * Takes the lock. Where another one has it, waits until it either renews it, which says that it lives, or loses it.
	 * Who led before does not wait: another one has taken the run over.
	 * @returns false where another one lives, or has taken over
	 */
	async take(): Promise<boolean> {
		for (let leftMs = Number.POSITIVE_INFINITY; ; ) {
			if (await this.renew()) return true;
			if (this.#wasTaken) return false;
			const nowLeftMs = await this.#client.pttl(this.#key);
			if (nowLeftMs > leftMs) return false;
			leftMs = nowLeftMs < 0 ? Number.POSITIVE_INFINITY : nowLeftMs;
			await sleep(lookEveryMs);
		}
	}

	/** @returns false where another one has it, or has had it since it was ours */
	async renew(): Promise<boolean> {
		const role = this.#wasTaken ? "led" : this.#isHeir ? "heir" : "first";
		const keys = [this.#key, this.#heirKey];
		const words = [this.#holder, leadMs, role, rememberedMs];
		const answer = await this.#client.eval(renewScript, keys.length, ...keys, ...words);
		if (answer === 1) this.#wasTaken = true;
		return answer === 1;
	}

	async release(): Promise<void> {
		if (!this.#wasTaken) return;
		await this.#client.eval(releaseScript, 1, this.#key, this.#holder);
	}
}
