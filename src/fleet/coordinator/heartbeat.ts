import type { Clock } from "../../clock/clock.js";
import { RunCutOff } from "../../run/taken-over.js";
import type { Losses } from "./losses.js";
import type { Pulses } from "./pulses.js";
import type { Replacements } from "./replacements.js";
import type { Shards } from "./shards.js";

const beatEveryMs = 1_000;

export interface HeartbeatOf {
	readonly run: string;
	readonly clock: Clock;
	readonly leaseMs: number;
	/** For so long an agent is waited for. */
	readonly waitMs: number;
	readonly pulses: Pulses;
	readonly shards: Shards;
	readonly replacements: Replacements;
	readonly losses: Losses;
	isStarted(): boolean;
	isStopping(): boolean;
	/** It is not known any more who leads the run, and no agent can be there any more. */
	onCutOff(error: RunCutOff): void;
}

/** What a coordinator does each second, until the signal; of the run only while it knows that it leads. */
export async function beats(of: HeartbeatOf, ended: AbortSignal): Promise<void> {
	const { clock, pulses, shards, replacements, losses } = of;
	// By then all agents have ended their participants, and others have not come.
	const deafMs = () => of.leaseMs + (of.isStopping() ? 0 : of.waitMs);
	while (!ended.aborted) {
		pulses.beat();
		if (of.isStarted() && pulses.isInDoubt) {
			if (pulses.unheardMs > deafMs()) of.onCutOff(new RunCutOff(of.run));
		} else if (of.isStarted()) {
			if (!of.isStopping()) {
				shards.feed();
				void replacements.beat();
			}
			losses.watch();
		}
		await clock.sleepUntil(clock.nowMs() + beatEveryMs, ended);
	}
}
