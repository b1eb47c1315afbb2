import { readFile } from "node:fs/promises";
import type { FromAgentKind } from "../../src/fleet/from-agent.js";
import type { AgentLink, CoordinatorLink } from "../../src/fleet/link.js";
import type { Offer } from "../../src/fleet/offer.js";
import { parseRedisUrl, type RedisAddress } from "../../src/fleet/redis/address.js";
import { openAgentLink } from "../../src/fleet/redis/agent-link.js";
import {
	type CoordinatorLinkRequest,
	openCoordinatorLink,
} from "../../src/fleet/redis/coordinator-link.js";
import type { RedisServer } from "./redis-server.js";

/** Links of one test, all closed by `closeAll`. */
export function linksTo(url: string, password?: string, caPem?: string) {
	const address = addressOf(url, password, caPem);
	const opened: { close(): Promise<void> }[] = [];
	const kept = <T extends { close(): Promise<void> }>(link: T): T => {
		opened.push(link);
		return link;
	};
	return {
		address,
		async agent(agent: string, redis: RedisAddress = address): Promise<AgentLink> {
			return kept(await openAgentLink({ redis, agent }));
		},
		async coordinator(
			run: string,
			more: Partial<CoordinatorLinkRequest> = {},
		): Promise<CoordinatorLink> {
			return kept(await openCoordinatorLink({ redis: address, run, ...more }));
		},
		closeAll: () => Promise.all(opened.map((link) => link.close())),
	};
}

export function addressOf(url: string, password?: string, caPem?: string): RedisAddress {
	return parseRedisUrl(url, { LIVESOAK_REDIS_PASSWORD: password }, "--redis", caPem);
}

export function offerOf(agent: string, atMs: number): Offer {
	return {
		...{ agent, name: agent, livesoakVersion: "0.1.0", cores: 2, memoryBytes: 4_000_000_000 },
		...{ capacity: { lite: 100, native: 10 }, labels: {}, clockOffsetMs: 0, clockErrorMs: 1, atMs },
	};
}

export function reportOf(run: string, seq: number): FromAgentKind<"report"> {
	return {
		...{ kind: "report", run, seq, shard: 0, atMs: seq, lives: [], events: [], recoveries: [] },
		...{ aggregates: { counters: { "rtp.packets": seq }, distributions: {} }, workers: [] },
		tester: { takenOver: 0, workersDied: 0, cpuSeconds: 1, maxRssBytes: 1 },
		...{ tokensWanted: [], replaced: [], isLast: false },
	};
}

/** The rule of `docs/redis.md`, without the name: what runs as this user proves that the rule is enough. */
export async function leastRights(password: string): Promise<string> {
	const docs = await readFile(new URL("../../docs/redis.md", import.meta.url), "utf8");
	const rule = /```acl\nuser livesoak (.*)\n```/.exec(docs)?.[1];
	if (rule === undefined) throw new Error("docs/redis.md has no ACL rule");
	return rule.replace("PASSWORD", password);
}

/** What Redis refused to anybody. */
export async function refusals(redis: RedisServer): Promise<string> {
	return redis.cli("acl", "log");
}
