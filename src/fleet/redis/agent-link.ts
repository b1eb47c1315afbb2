import type { FromAgent } from "../from-agent.js";
import type { AgentLink } from "../link.js";
import { pulseSchema } from "../pulse.js";
import { type ToAgent, toAgentSchema } from "../to-agent.js";
import { connectRedis, type RedisConnection, type RedisRequest } from "./connection.js";
import { type Consumer, consume } from "./consume.js";
import { problemText } from "./invalid.js";
import { orderEnvelopeSchema } from "./order-envelope.js";
import { OrderLine } from "./order-line.js";
import { inKey, offerQueue, orderQueue, pulseQueue, runQueue } from "./queues.js";
import { StateJob } from "./state-job.js";

/** An order that Redis had and that is not here after this time (or twice it) was lost with Redis's last second. */
const lostMs = 15_000;

export interface AgentLinkRequest extends RedisRequest {
	/** Unique for each start of an agent: `[a-z0-9-]{1,64}`. */
	readonly agent: string;
}

/**
 * An agent's end of the link over Redis.
 * @throws UserError within 15 s when Redis cannot be used
 */
export async function openAgentLink(request: AgentLinkRequest): Promise<AgentLink> {
	return new RedisAgentLink(request.agent, await connectRedis(request));
}

class RedisAgentLink implements AgentLink {
	readonly #agent: string;
	readonly #redis: RedisConnection;
	readonly #offer: StateJob;
	#orders: Consumer | undefined;

	constructor(agent: string, redis: RedisConnection) {
		this.#agent = agent;
		this.#redis = redis;
		this.#offer = new StateJob(redis.queues.get(offerQueue), agent);
	}

	get clock() {
		return this.#redis.clock;
	}

	offer: AgentLink["offer"] = (offer) => this.#redis.attempt(() => this.#offer.put(offer));

	withdraw(): Promise<void> {
		return this.#redis.attempt(() => this.#offer.remove());
	}

	onOrder(listener: (order: ToAgent) => void, onInvalid: (problem: string) => void): void {
		if (this.#orders !== undefined) throw new Error("onOrder is called once");
		const line = new OrderLine((order) => {
			const { success, data, error } = toAgentSchema.safeParse(order);
			if (success) listener(data);
			else onInvalid(problemText("an order", error));
		});
		const { address, queues } = this.#redis;
		const consumer = consume(address, queues, orderQueue(this.#agent), (_jobId, data) => {
			const envelope = orderEnvelopeSchema.safeParse(data);
			if (envelope.success) line.take(envelope.data);
			else onInvalid(problemText("an order", envelope.error));
		});
		const looking = setInterval(() => line.giveUpLost(), lostMs);
		looking.unref();
		this.#orders = {
			close() {
				clearInterval(looking);
				return consumer.close();
			},
		};
	}

	send(message: FromAgent): Promise<void> {
		const jobId = `${this.#agent}-${message.seq}`;
		return this.#redis.attempt(async () => {
			await this.#redis.queues.get(runQueue(message.run)).add(message.kind, message, { jobId });
		});
	}

	pulseOf(run: string): ReturnType<AgentLink["pulseOf"]> {
		return this.#redis.attempt(async () => {
			const job = await this.#redis.queues.get(pulseQueue).getJob(inKey(run));
			const pulse = pulseSchema.safeParse(job?.data);
			// What is no pulse tells nothing: the lease runs out.
			return pulse.success && pulse.data.run === run ? pulse.data : undefined;
		});
	}

	close(): Promise<void> {
		return this.#redis.close([
			async () => {
				await this.#orders?.close();
				// Nobody else will ever read them: the next start of this agent has another name.
				await this.#redis.queues.get(orderQueue(this.#agent)).obliterate({ force: true });
			},
		]);
	}
}
