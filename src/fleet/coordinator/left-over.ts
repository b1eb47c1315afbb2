import { firstResumedNumber } from "../../plan/cut-lives.js";
import type { LifeSample } from "../../sample/sample.js";
import type { FromAgentKind } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import type { FleetOrder, FleetResume } from "./fleet-order.js";
import { fromRedis } from "./fleet-time.js";

/** So long without a message says that nothing more waits in Redis. */
const quietMs = 1_500;
/** Beyond the lease: agents that are told nothing notice it by themselves. */
const graceMs = 10_000;
const lookEveryMs = 250;

/**
 * What agents of a coordinator that was killed still have to tell: it is counted before anybody is counted as lost
 * with that coordinator. Afterwards their turns of lives count no more, for those are closed; what they measured does.
 */
export class LeftOver {
	readonly #order: FleetOrder;
	readonly #link: CoordinatorLink;
	#lastMs: number;
	#isTaken = false;
	/** Lives that were begun again before the kill and told of after it, and those that will begin a second time. */
	takenOver = 0;

	constructor(order: FleetOrder, link: CoordinatorLink) {
		this.#order = order;
		this.#link = link;
		this.#lastMs = order.clock.nowMs();
	}

	/** A message of a shard that this coordinator did not give out. */
	onReport(report: FromAgentKind<"report">): void {
		const { listener, clock } = this.#order;
		this.#lastMs = clock.nowMs();
		listener.onReport(report.aggregates);
		if (this.#isTaken) return;
		for (const { seat, life, sample } of report.lives) {
			if (sample.kind === "begun" && this.#isOneMore(seat, life)) this.takenOver++;
			const counted = endedWithCoordinator(sample);
			if (counted) listener.onLife(counted, { seat, life });
		}
		for (const event of report.events) {
			// Its number counts on a machine that is not known here.
			if (event.kind === "worker-started" || event.kind === "worker-died") continue;
			listener.onEvent({ ...event, atMs: fromRedis(this.#link.clock, event.atMs) });
		}
	}

	/** Has the agents of before end what they have, and takes what they tell. Bounded in time. */
	async take({ heard }: FleetResume): Promise<void> {
		const { clock, run, leaseMs, stop, onProgress } = this.#order;
		const agents = Object.keys(heard);
		const release = { kind: "release", run } as const;
		await Promise.all(agents.map((agent) => this.#link.send(agent, release).catch(() => {})));
		const untilMs = clock.nowMs() + leaseMs + graceMs;
		this.#lastMs = clock.nowMs();
		let isTold = false;
		for (;;) {
			const busy = await this.#busy();
			const nowMs = clock.nowMs();
			if (stop.aborted || nowMs >= untilMs) break;
			if (busy.length === 0 && nowMs - this.#lastMs >= quietMs) break;
			if (busy.length > 0 && !isTold) {
				isTold = true;
				onProgress(`agents that still live the run as it was: ${busy.join(", ")}`);
			}
			await clock.sleepUntil(nowMs + lookEveryMs, stop);
		}
		this.#isTaken = true;
	}

	/** Agents lived on by the plan after the kill; the run goes on from before that, and lives this again. */
	#isOneMore(index: number, life: number): boolean {
		if (life >= firstResumedNumber) return true;
		const { plan, resume } = this.#order;
		const seat = plan.seats[index];
		if (!seat || !resume) return false;
		for (const { number, startMs } of plan.eachLife(seat))
			if (number === life) return startMs >= resume.fromMs;
		return false;
	}

	async #busy(): Promise<string[]> {
		const offers = await this.#link.offers().catch(() => []);
		return offers.filter(({ run }) => run === this.#order.run).map(({ name }) => name);
	}
}

/** As at the end of any run: who was in a room is lost, and who was still joining has not started. */
function endedWithCoordinator(sample: LifeSample): LifeSample | undefined {
	if (sample.kind !== "lost" && sample.kind !== "failed") return sample;
	if (sample.cause !== "agent-lost") return sample;
	return sample.kind === "lost" ? { ...sample, cause: "tester-killed" } : undefined;
}
