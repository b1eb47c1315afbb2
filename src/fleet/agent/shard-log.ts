import { Aggregates } from "../../aggregate/aggregates.js";
import type { AggregatesSnapshot } from "../../aggregate/snapshot.js";
import type { SupervisorListener } from "../../pool/supervisor-options.js";
import type { FromAgentKind } from "../from-agent.js";
import { type AgentEvent, agentEvent } from "./agent-event.js";

type Report = FromAgentKind<"report">;

/** What was measured and happened on a shard since it was last asked. */
export type ShardNews = Pick<
	Report,
	"aggregates" | "lives" | "events" | "recoveries" | "tokensWanted" | "replaced"
>;

/** Listens to the pool that lives a shard, and keeps what it tells until the next report. */
export class ShardLog implements SupervisorListener {
	readonly #offsetMs: () => number;
	readonly #onTokensWanted: () => void;
	#snapshots: AggregatesSnapshot[] = [];
	#lives: Report["lives"] = [];
	#events: AgentEvent[] = [];
	#recoveries: Report["recoveries"] = [];
	#tokensWanted: string[] = [];
	#replaced: number[] = [];

	/**
	 * @param offsetMs Redis's clock minus ours
	 * @param onTokensWanted this cannot wait for a whole second
	 */
	constructor(offsetMs: () => number, onTokensWanted: () => void) {
		this.#offsetMs = offsetMs;
		this.#onTokensWanted = onTokensWanted;
	}

	onReport(aggregates: AggregatesSnapshot): void {
		this.#snapshots.push(aggregates);
	}

	onLife: SupervisorListener["onLife"] = (sample, { seat, life }) => {
		this.#lives.push({ seat, life, sample });
	};

	onEvent: SupervisorListener["onEvent"] = (event) => {
		const told = agentEvent(event, this.#offsetMs());
		if (told) this.#events.push(told);
	};

	onRecovery: NonNullable<SupervisorListener["onRecovery"]> = ({ fault, seat, outcome }) => {
		this.#recoveries.push({ fault, seat, outcome });
	};

	onReplaced(seats: readonly number[]): void {
		this.#replaced.push(...seats);
	}

	onTokensWanted(identities: readonly string[]): void {
		this.#tokensWanted.push(...identities);
		this.#onTokensWanted();
	}

	/** Lives wait for their tokens. */
	get hasTokensWanted(): boolean {
		return this.#tokensWanted.length > 0;
	}

	/** All of it; begins anew. */
	take(): ShardNews {
		const news = {
			aggregates: mergedSnapshot(this.#snapshots),
			...{ lives: this.#lives, events: this.#events, recoveries: this.#recoveries },
			...{ tokensWanted: this.#tokensWanted, replaced: this.#replaced },
		};
		this.#snapshots = [];
		this.#lives = [];
		this.#events = [];
		this.#recoveries = [];
		this.#tokensWanted = [];
		this.#replaced = [];
		return news;
	}
}

/** One worker's report goes on as it came: its histograms need not be opened here. */
export function mergedSnapshot(snapshots: readonly AggregatesSnapshot[]): Report["aggregates"] {
	const [only] = snapshots;
	if (only && snapshots.length === 1) return { ...only };
	const sum = new Aggregates();
	for (const snapshot of snapshots) sum.merge(snapshot);
	return sum.snapshot("wire");
}
