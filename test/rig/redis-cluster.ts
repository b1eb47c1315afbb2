import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { type RedisServer, startRedis } from "./redis-server.js";

export interface RedisCluster {
	readonly nodes: readonly RedisServer[];
	/** Of its first node. */
	readonly url: string;
	stop(): Promise<void>;
}

/** Three masters on 127.0.0.1, which is the smallest cluster there is. */
export async function startRedisCluster(
	users: Readonly<Record<string, string>> = {},
): Promise<RedisCluster> {
	const nodes = await Promise.all([1, 2, 3].map(() => startRedis({ cluster: true, users })));
	const stop = async () => {
		await Promise.all(nodes.map((node) => node.stop()));
	};
	try {
		const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
		await promisify(execFile)(
			"redis-cli",
			["--cluster", "create", ...addresses, "--cluster-replicas", "0", "--cluster-yes"],
			{ timeout: 20_000 },
		);
		await vi.waitFor(
			async () => {
				for (const node of nodes)
					expect(await node.cli("cluster", "info")).toContain("cluster_state:ok");
			},
			{ timeout: 10_000, interval: 50 },
		);
	} catch (error) {
		await stop();
		throw error;
	}
	return { nodes, stop, url: `${nodes[0]?.url}?cluster=true` };
}
