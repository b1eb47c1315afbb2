import { figure } from "../sink/figure.js";
import type { LifeEvent } from "./read-events.js";
import type { ReportedLife } from "./report.js";

const most = 10;
/** Causes are few; a damaged file must not make them many. */
const mostCauses = 100;
/** A participant that reconnects all day fills no page. */
const mostEvents = 40;

interface Pick {
	readonly seat: number;
	readonly life: number;
	readonly why: string;
}

/**
 * Finds the worst participants in one pass over the events, without keeping the good ones: failed, lost, most often
 * reconnected, slowest to connect. Of failed and lost ones each cause is shown before a second of the same.
 */
export class WorstLives {
	readonly #failed = new Map<string, Pick[]>();
	readonly #lost = new Map<string, Pick[]>();
	readonly #reconnects = new Map<string, { seat: number; life: number; count: number }>();
	#slow: { seat: number; life: number; connectMs: number }[] = [];

	add(event: LifeEvent): void {
		const { seat, life } = event;
		switch (event.kind) {
			case "life-failed": {
				const what = `${event.stage}: ${event.cause}`;
				keep(this.#failed, what, { seat, life, why: `failed at ${what}` });
				return;
			}
			case "life-lost":
				keep(this.#lost, event.cause, { seat, life, why: `lost: ${event.cause}` });
				return;
			case "reconnecting": {
				const key = keyOf(event);
				const count = (this.#reconnects.get(key)?.count ?? 0) + 1;
				this.#reconnects.set(key, { seat, life, count });
				return;
			}
			case "life-joined":
				this.#addSlow({ seat, life, connectMs: event.connectMs });
				return;
			case "reconnected":
				return;
		}
	}

	/** At most ten, worst first, each once. */
	picks(): Pick[] {
		const reconnected = [...this.#reconnects.values()]
			.sort((a, b) => b.count - a.count)
			.slice(0, most)
			.map(({ seat, life, count }) => ({ seat, life, why: `reconnected ${times(count)}` }));
		const slow = this.#slow.map(({ seat, life, connectMs }) => {
			return { seat, life, why: `connected after ${figure(connectMs, "ms")}` };
		});
		const ranked = [...byTurns(this.#failed), ...byTurns(this.#lost), ...reconnected, ...slow];
		const seen = new Set<string>();
		return ranked.filter((pick) => !seen.has(keyOf(pick)) && seen.add(keyOf(pick))).slice(0, most);
	}

	#addSlow(joined: { seat: number; life: number; connectMs: number }): void {
		const slowest = this.#slow;
		if (slowest.length >= most && joined.connectMs <= (slowest.at(-1)?.connectMs ?? 0)) return;
		this.#slow = [...slowest, joined].sort((a, b) => b.connectMs - a.connectMs).slice(0, most);
	}
}

/** Gathers in a second pass what happened to the picked ones. */
export class LivesOf {
	readonly #picks: readonly Pick[];
	readonly #startAtMs: number;
	readonly #told: Map<
		string,
		{ connectMs: number | undefined; events: ReportedLife["events"][number][]; more: number }
	>;

	constructor(picks: readonly Pick[], startAtMs: number) {
		this.#picks = picks;
		this.#startAtMs = startAtMs;
		this.#told = new Map(
			picks.map((pick) => [keyOf(pick), { connectMs: undefined, events: [], more: 0 }]),
		);
	}

	add(event: LifeEvent): void {
		const told = this.#told.get(keyOf(event));
		if (!told) return;
		if (event.kind === "life-joined") told.connectMs = event.connectMs;
		const atMs = Math.max(0, event.atMs - this.#startAtMs);
		const ends = event.kind === "life-lost" || event.kind === "life-failed";
		if (told.events.length < mostEvents || ends) told.events.push({ atMs, text: textOf(event) });
		else told.more += 1;
	}

	/** In the order of the picks. */
	lives(): ReportedLife[] {
		return this.#picks.map((pick) => {
			const { connectMs, events, more } = this.#told.get(keyOf(pick)) ?? {
				...{ connectMs: undefined, events: [], more: 0 },
			};
			const last = events.at(-1);
			const rest = more > 0 && last ? [{ atMs: last.atMs, text: `and ${more} more events` }] : [];
			return { ...pick, connectMs, events: [...events, ...rest] };
		});
	}
}

function textOf(event: LifeEvent): string {
	switch (event.kind) {
		case "life-joined":
			return `joined after ${figure(event.connectMs, "ms")}`;
		case "life-failed":
			return `failed at ${event.stage}, ${event.cause}: ${event.detail}`;
		case "life-lost":
			return `lost, ${event.cause}: ${event.detail}`;
		case "reconnecting":
			return `reconnecting (${event.how})`;
		case "reconnected":
			return `reconnected in ${figure(event.durationMs, "ms")}`;
	}
}

function keep(groups: Map<string, Pick[]>, cause: string, pick: Pick): void {
	const group = groups.get(cause);
	if (group && group.length < most) group.push(pick);
	else if (!group && groups.size < mostCauses) groups.set(cause, [pick]);
}

/** The first of each group, then the second of each. */
function byTurns(groups: ReadonlyMap<string, readonly Pick[]>): Pick[] {
	return Array.from({ length: most }, (_, turn) =>
		[...groups.values()].flatMap((group) => group[turn] ?? []),
	).flat();
}

function keyOf({ seat, life }: { readonly seat: number; readonly life: number }): string {
	return `${seat}.${life}`;
}

function times(count: number): string {
	return count === 1 ? "once" : `${count} times`;
}
