import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { gather } from "../../../src/fleet/coordinator/gather.js";
import type { Offer } from "../../../src/fleet/offer.js";
import { offerOf } from "./memory-link.js";

/** Agents that believe what they are told, for any number of runs that gather at the same time. */
function agentsRig() {
	const clock = new ManualClock(0);
	const owners = new Map<string, string | undefined>();
	const offers = (): Offer[] =>
		[...owners].map(([agent, run]) => offerOf(agent, run === undefined ? {} : { run }));
	const lines: string[] = [];
	return {
		...{ clock, owners, lines },
		gatherFor: (run: string, agents: number) =>
			gather({
				...{ clock, run, agents, livesoakVersion: "1.0.0", waitMs: 60_000, labels: {} },
				offers: async () => offers(),
				ask: async ({ agent }) => {
					if (owners.get(agent) !== undefined)
						return { kind: "refused", why: "belongs to another" };
					owners.set(agent, run);
					return { kind: "reserved" };
				},
				giveBack: async ({ agent }) => void owners.set(agent, undefined),
				onProgress: (line) => void lines.push(line),
				onRefused: () => {},
				stop: new AbortController().signal,
			}),
		async pass(ms: number) {
			const untilMs = clock.nowMs() + ms;
			while (clock.nowMs() < untilMs) await clock.advanceTo(clock.nowMs() + 100);
		},
	};
}

const [early, late] = ["20261122T140845Z-a-1", "20261122T140846Z-a-1"];

test("two that begin at once and have one agent each: the later one gives its own back, and gets both afterwards", async () => {
	const { clock, owners, gatherFor, pass } = agentsRig();
	owners.set("b", undefined);
	const later = gatherFor(late, 2);
	await pass(1_000);
	expect(owners.get("b")).toBe(late);
	owners.set("a", early);
	owners.set("c", undefined);
	const first = gatherFor(early, 2);
	await pass(5_000);
	expect((await first).map(({ agent }) => agent).sort()).toEqual(["b", "c"]);
	expect(clock.nowMs()).toBeLessThan(10_000);
	for (const agent of owners.keys()) owners.set(agent, undefined);
	await pass(5_000);
	expect(await later).toHaveLength(2);
});

test("one that waits for agents that are not there yet keeps what it has", async () => {
	const { owners, gatherFor, pass, lines } = agentsRig();
	owners.set("a", undefined);
	owners.set("b", late);
	const waiting = gatherFor(early, 2);
	await pass(5_000);
	expect(owners.get("a")).toBe(early);
	expect(lines.at(-1)).toBe("agents: 1 of 2: a; b is taken by another run");
	owners.set("b", undefined);
	await pass(1_000);
	expect(await waiting).toHaveLength(2);
});
