import type { FromAgent, FromAgentBody } from "../../../src/fleet/from-agent.js";
import { fromAgentSchema } from "../../../src/fleet/from-agent.js";
import type { CoordinatorLink } from "../../../src/fleet/link.js";
import type { Offer } from "../../../src/fleet/offer.js";
import type { Pulse } from "../../../src/fleet/pulse.js";
import { type ToAgent, type ToAgentKind, toAgentSchema } from "../../../src/fleet/to-agent.js";

/** A coordinator's link without Redis: agents are what a test makes of them. */
export class MemoryLink implements CoordinatorLink {
	readonly clock = { offsetMs: 5_000, errorMs: 1 };
	readonly orders: { readonly agent: string; readonly order: ToAgent }[] = [];
	readonly pulses: Pulse[] = [];
	offered: Offer[] = [];
	isLed = true;
	/** Redis takes nothing. */
	isDown = false;
	isClosed = false;
	isForgotten = false;
	onOrder: (agent: string, order: ToAgent) => void = () => {};
	readonly #seqs = new Map<string, number>();
	#listener: (agent: string, message: FromAgent) => void = () => {};

	async offers() {
		return this.offered;
	}

	async send(agent: string, order: ToAgent): Promise<void> {
		if (this.isDown) throw new Error("Redis is away");
		toAgentSchema.parse(order);
		this.orders.push({ agent, order });
		this.onOrder(agent, order);
	}

	onMessage(listener: (agent: string, message: FromAgent) => void): void {
		this.#listener = listener;
	}

	async pulse(pulse: Pulse): Promise<void> {
		if (this.isDown) throw new Error("Redis is away");
		this.pulses.push(pulse);
	}

	async lead(): Promise<boolean> {
		return this.isLed;
	}

	async forget(): Promise<void> {
		this.isForgotten = true;
	}

	async close(): Promise<void> {
		this.isClosed = true;
	}

	/** An agent says this. */
	say(agent: string, body: FromAgentBody): void {
		const seq = (this.#seqs.get(agent) ?? 0) + 1;
		this.#seqs.set(agent, seq);
		this.#listener(agent, fromAgentSchema.parse({ ...body, seq }));
	}

	sent<K extends ToAgent["kind"]>(kind: K, agent?: string): ToAgentKind<K>[] {
		return this.orders.flatMap(({ agent: to, order }) =>
			order.kind === kind && (agent === undefined || to === agent) ? [order as ToAgentKind<K>] : [],
		);
	}
}

export function offerOf(agent: string, more: Partial<Offer> = {}): Offer {
	return {
		...{ agent, name: agent, livesoakVersion: "1.0.0", cores: 2, memoryBytes: 1e9 },
		...{ capacity: { lite: 100, native: 10 }, labels: {} },
		...{ clockOffsetMs: 0, clockErrorMs: 1, atMs: 0 },
		...more,
	};
}
