import type { Figure } from "../../../src/gate/figures.js";
import type { Round } from "../../../src/gate/round.js";
import type { RoundOutcome, Side } from "../../../src/gate/run-rounds.js";
import { randomStream } from "../../../src/plan/random.js";

/** How a figure spreads over the rounds of one server. */
export type Noise = "normal" | "spikes" | "two levels" | "slow drift";

export interface World {
	readonly noise: Noise;
	/** Standard deviation of a round, as a share of the mean. */
	readonly spread: number;
	/** The candidate's mean is larger by this share. */
	readonly worseBy: number;
	/** Chance of a participant to fail, of either side. */
	readonly failing: { readonly baseline: number; readonly candidate: number };
	readonly participants: number;
}

export const equal: World = {
	...{ noise: "normal", spread: 0.1, worseBy: 0, participants: 100 },
	failing: { baseline: 0.002, candidate: 0.002 },
};

/** Two servers that answer at once; each gate of a seed sees the same noise. */
export function simulatedSides(figures: readonly Figure[], world: World, seed: number) {
	const random = randomStream(seed);
	let round = 0;
	const side = (name: "baseline" | "candidate"): Side => ({
		kind: "live",
		async run(pair): Promise<RoundOutcome> {
			round += 1;
			return { kind: "measured", round: simulatedRound(name, pair) };
		},
	});
	const simulatedRound = (name: "baseline" | "candidate", pair: number): Round => {
		const { participants, failing, worseBy } = world;
		const worse = name === "candidate" ? 1 + worseBy : 1;
		const values = figures.map(({ metric, isShareOfParticipants }) => {
			if (!isShareOfParticipants) return [metric, 100 * worse * (1 + noise())] as const;
			let failed = 0;
			for (let i = 0; i < participants; i++) if (random.next() < failing[name]) failed += 1;
			return [metric, failed / participants] as const;
		});
		return { pair, startedAt: "", participants, values: Object.fromEntries(values) };
	};
	const noise = (): number => {
		const { spread } = world;
		switch (world.noise) {
			case "normal":
				return spread * normal();
			case "spikes":
				return spread * (normal() + (random.next() < 0.1 ? 5 : 0));
			case "two levels":
				return spread * (random.next() < 0.5 ? -1 : 1) + 0.01 * spread * normal();
			case "slow drift":
				return spread * (normal() + round / 2);
		}
	};
	// Box and Muller 1958.
	const normal = () =>
		Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
	return { baseline: side("baseline"), candidate: side("candidate") };
}
