import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { systemClock } from "../clock/system-clock.js";
import { type ExitCode, exitCodes } from "../error/exit-codes.js";
import { redactor } from "../error/redact.js";
import { Agent } from "../fleet/agent/agent.js";
import type { AgentEnd, AgentFacts } from "../fleet/agent/agent-options.js";
import { capacityOf, packetCostMicros } from "../fleet/agent/capacity.js";
import { thisMachine } from "../fleet/agent/machine.js";
import { parseRedisUrl, readRedisCa } from "../fleet/redis/address.js";
import { openAgentLink } from "../fleet/redis/agent-link.js";
import type { AgentPlan } from "./agent.js";
import type { Environment } from "./environment.js";
import { livesoakVersion } from "./version.js";
import { workerEnv } from "./worker-env.js";

const exitCodeOf: Readonly<Record<AgentEnd, ExitCode>> = {
	// Ending something that runs in the foreground so is the normal way.
	stopped: exitCodes.passed,
	done: exitCodes.passed,
	"left-run": exitCodes.aborted,
	lost: exitCodes.error,
};

/**
 * Offers this machine until SIGINT or SIGTERM, or with `--once` for one run.
 * @throws UserError when Redis cannot be used
 */
export async function offerMachine(environment: Environment, plan: AgentPlan): Promise<ExitCode> {
	const { env, stdout, stderr, signal, killSignal } = environment;
	const caPem = plan.redisCa === undefined ? undefined : await readRedisCa(plan.redisCa);
	const redis = parseRedisUrl(plan.redis, env, "--redis", caPem);
	const clean = redactor(redis.secrets);
	const say = (line: string) => void stdout.write(`${clean(line)}\n`);
	const facts = await factsOf(plan);
	const link = await openAgentLink({
		...{ redis, agent: facts.agent },
		onWarning: (line) => void stderr.write(`warning: ${clean(line)}\n`),
	});
	try {
		const agent = new Agent({
			...{ link, facts, say, clock: systemClock, workerEnv: workerEnv(env) },
			...{ allowList: plan.allowList, once: plan.once },
			onOffered: () => say(readyLine(facts, redis.text)),
		});
		return exitCodeOf[await agent.run(signal, killSignal)];
	} finally {
		await link.close();
	}
}

async function factsOf(plan: AgentPlan): Promise<AgentFacts> {
	const machine = await thisMachine();
	const isSaid = plan.capacity.lite !== undefined && plan.capacity.native !== undefined;
	const measured = isSaid
		? { lite: 0, native: 0 }
		: capacityOf(
				machine,
				packetCostMicros(() => performance.now()),
			);
	const name = plan.name ?? (hostname() || "agent").slice(0, 60);
	const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
	return {
		// Unique for each start: nobody takes this one for the one before.
		agent: `${slug.slice(0, 40)}-${randomBytes(4).toString("hex")}`,
		...{ name, livesoakVersion, labels: plan.labels },
		...{ cores: Math.max(1, Math.floor(machine.cpus)), memoryBytes: machine.memoryBytes },
		capacity: { ...measured, ...plan.capacity },
	};
}

function readyLine({ name, agent, cores, memoryBytes, capacity }: AgentFacts, at: string): string {
	const memory = `${(memoryBytes / 1e9).toFixed(1)} GB`;
	const holds = `${capacity.lite} light or ${capacity.native} native participants`;
	return `agent ${name} (${agent}) is ready at ${at}: ${cores} cores, ${memory}, ${holds}`;
}
