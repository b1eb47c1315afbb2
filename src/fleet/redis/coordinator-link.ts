import { randomUUID } from "node:crypto";
import { UserError } from "../../error/user-error.js";
import { type FromAgent, fromAgentSchema } from "../from-agent.js";
import type { CoordinatorLink } from "../link.js";
import type { Offer } from "../offer.js";
import type { Pulse } from "../pulse.js";
import type { ToAgent } from "../to-agent.js";
import { connectRedis, type RedisConnection, type RedisRequest } from "./connection.js";
import { type Consumer, consume } from "./consume.js";
import { Inbox } from "./inbox.js";
import { problemText } from "./invalid.js";
import { Lead } from "./lead.js";
import { listOffers } from "./offers.js";
import type { OrderEnvelope } from "./order-envelope.js";
import { inKey, orderQueue, pulseQueue, runQueue } from "./queues.js";
import { StateJob } from "./state-job.js";
import { sweepOldRuns } from "./sweep.js";

/**
 * A message that is not here after this time (or twice it), though later ones of its agent are: agents send in order,
 * and again after a loss.
 */
const lostMs = 6_000;

export interface CoordinatorLinkRequest extends RedisRequest {
	readonly run: string;
	/** The highest `seq` that was heard of each agent before, for a run that is taken up again. @default none */
	readonly heard?: Readonly<Record<string, number>>;
}

/**
 * The coordinator's end of the link over Redis.
 * @throws UserError within 15 s when Redis cannot be used
 */
export async function openCoordinatorLink(
	request: CoordinatorLinkRequest,
): Promise<CoordinatorLink> {
	const redis = await connectRedis(request);
	return new RedisCoordinatorLink(request, redis);
}

/** Orders to one agent on their way: each waits for the one before. */
interface OrderLane {
	number: number;
	/** The last one that Redis has. */
	accepted: number;
	last: Promise<unknown>;
}

class RedisCoordinatorLink implements CoordinatorLink {
	readonly #run: string;
	readonly #redis: RedisConnection;
	readonly #heard: Readonly<Record<string, number>>;
	readonly #pulse: StateJob;
	readonly #lead: Lead;
	readonly #sender = randomUUID();
	readonly #lanes = new Map<string, OrderLane>();
	#messages: Consumer | undefined;
	#closed = false;

	constructor({ run, heard }: CoordinatorLinkRequest, redis: RedisConnection) {
		this.#run = run;
		this.#heard = heard ?? {};
		this.#redis = redis;
		this.#pulse = new StateJob(redis.queues.get(pulseQueue), inKey(run));
		this.#lead = new Lead(redis.client, run, heard !== undefined);
	}

	get clock() {
		return this.#redis.clock;
	}

	offers(): Promise<readonly Offer[]> {
		return this.#redis.attempt(() => listOffers(this.#redis.queues, this.#redis.clock.nowMs()));
	}

	send(agent: string, order: ToAgent): Promise<void> {
		const lane = this.#lanes.get(agent) ?? { number: 0, accepted: 0, last: Promise.resolve() };
		this.#lanes.set(agent, lane);
		const number = ++lane.number;
		const sent = lane.last.then(() =>
			this.#redis.attempt(async () => {
				const queue = this.#redis.queues.get(orderQueue(agent));
				const after = lane.accepted;
				const envelope: OrderEnvelope = { sender: this.#sender, number, after, order };
				await queue.add(order.kind, envelope, { jobId: `${this.#sender}-${number}` });
				lane.accepted = number;
			}),
		);
		// The one after it goes out whatever becomes of this one.
		lane.last = sent.catch(() => {});
		return sent;
	}

	onMessage(
		listener: (agent: string, message: FromAgent) => void,
		onInvalid: (agent: string, problem: string) => void,
	): void {
		if (this.#messages !== undefined) throw new Error("onMessage is called once");
		const inbox = new Inbox(listener, this.#heard);
		const take = (jobId: string, data: unknown) => {
			const [, agent, number] = /^([a-z0-9-]{1,64})-([1-9]\d{0,14})$/.exec(jobId) ?? [];
			if (agent === undefined) return onInvalid("unknown", "a message has an id that is none");
			const { success, data: message, error } = fromAgentSchema.safeParse(data);
			const problem = !success
				? problemText("a message", error)
				: message.seq !== Number(number)
					? "a message has another number than its id"
					: message.run !== this.#run
						? "a message is of another run"
						: undefined;
			const isNew = inbox.take(agent, Number(number), problem === undefined ? message : undefined);
			if (problem !== undefined && isNew) onInvalid(agent, problem);
		};
		const { address, queues } = this.#redis;
		const consumer = consume(address, queues, runQueue(this.#run), take);
		const looking = setInterval(() => {
			for (const { sender, from, to } of inbox.giveUpLost())
				onInvalid(sender, `messages ${from} to ${to} never came`);
		}, lostMs);
		looking.unref();
		this.#messages = {
			close() {
				clearInterval(looking);
				return consumer.close();
			},
		};
	}

	async pulse(pulse: Pulse): Promise<void> {
		await this.#redis.attempt(async () => {
			if (this.#lead.wasTaken && !(await this.#lead.renew()))
				throw new UserError({
					message: `Another livesoak has taken over the run ${this.#run}.`,
					hint: "This one was cut off from Redis for too long.",
					exitCode: 1,
				});
			await this.#pulse.put(pulse);
		});
	}

	lead(): Promise<boolean> {
		return this.#redis.attempt(async () => {
			const isLed = await this.#lead.take();
			// What others left long ago: nothing of this run depends on it.
			if (isLed) await sweepOldRuns(this.#redis.queues, this.#redis.clock.nowMs()).catch(() => {});
			return isLed;
		});
	}

	async forget(): Promise<void> {
		await this.#messages?.close();
		await this.#redis.attempt(async () => {
			const { queues } = this.#redis;
			await this.#pulse.remove();
			await queues.get(runQueue(this.#run)).obliterate({ force: true });
			for (const [agent, { number }] of this.#lanes) await this.#removeOrders(agent, number);
		});
	}

	/** Only ours: the agent may have one of another coordinator by now. */
	async #removeOrders(agent: string, highest: number): Promise<void> {
		const waiting = await this.#redis.queues.get(orderQueue(agent)).getWaiting();
		const ours = new Set(Array.from({ length: highest }, (_, n) => `${this.#sender}-${n + 1}`));
		// One that the agent takes just now is no longer ours to delete.
		for (const job of waiting)
			if (job?.id !== undefined && ours.has(job.id)) await job.remove().catch(() => {});
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#redis.close([async () => this.#messages?.close(), () => this.#lead.release()]);
	}
}
