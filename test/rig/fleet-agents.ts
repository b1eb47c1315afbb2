import { expect, vi } from "vitest";
import type { CliRoom, CliRun } from "./cli.js";

/**
 * Real `livesoak agent` processes, ready when this resolves. Each holds 200 light and 20 native participants, and
 * may be aimed at this machine only.
 */
export async function startAgents(
	cli: CliRoom,
	redisUrl: string,
	names: readonly string[],
	more: readonly string[] = [],
): Promise<CliRun[]> {
	const agents = names.map((name) =>
		cli.start([
			...["agent", "--redis", redisUrl, "--name", name],
			...["--capacity", "lite=200,native=20", ...more],
		]),
	);
	for (const agent of agents)
		await vi.waitFor(() => expect(agent.stdout() + agent.stderr()).toMatch(/ready/i), {
			...{ timeout: 30_000, interval: 100 },
		});
	return agents;
}

/** Ends them as a person does: Ctrl-C. */
export async function stopAgents(agents: readonly CliRun[]): Promise<void> {
	for (const agent of agents) agent.kill("SIGINT");
	await Promise.all(agents.map(({ ended }) => ended));
}
