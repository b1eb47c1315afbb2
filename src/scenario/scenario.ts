import { dirname, isAbsolute, join } from "node:path";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import type { DataStream } from "../engine/data/data-stream.js";
import type { EngineName } from "../engine/engine-name.js";
import type { IcePolicy } from "../ice/policy.js";
import type { ParsedScenario } from "./schema.js";

/** Some participants of each room. */
export interface ParticipantGroup {
	readonly publishers: number;
	readonly subscribers: number;
	readonly both: number;
	readonly engine: EngineName;
	readonly ice: IcePolicy;
	/** Tracks at most; `none` is 0. */
	readonly subscribe: "all" | number;
	/** What its publishers send on the data channel; absent where nothing. */
	readonly data?: DataStream;
}

/** `count` arrivals every `perMs` milliseconds. */
export interface ArrivalRate {
	readonly count: number;
	readonly perMs: number;
}

export interface RampStep {
	readonly kind: "ramp";
	readonly durationMs: number;
	/** How many are alive at its end. */
	readonly participants: number;
}

export interface HoldStep {
	readonly kind: "hold";
	readonly durationMs: number;
}

export interface ArriveStep {
	readonly kind: "arrive";
	readonly durationMs: number;
	readonly rate: ArrivalRate;
	readonly spacing: "even" | "poisson";
}

export type LoadStep = RampStep | HoldStep | ArriveStep;

/** How long a participant stays; every stay is at least 1 s. */
export type Stay = ParsedScenario["life"]["stay"];

/** A checked scenario: every default filled in, every duration in milliseconds. Plain data without secrets. */
export interface Scenario
	extends Readonly<Omit<ParsedScenario, "participants" | "load" | "subscribe" | "data">> {
	readonly participants: readonly ParticipantGroup[];
	readonly load: readonly LoadStep[];
}

type GroupCounts = Pick<ParticipantGroup, "publishers" | "subscribers" | "both">;

/** Participants in all rooms. */
export function totalParticipants(scenario: {
	readonly rooms: number;
	readonly participants: readonly GroupCounts[];
}): number {
	return scenario.participants.reduce(
		(sum, group) => sum + scenario.rooms * (group.publishers + group.subscribers + group.both),
		0,
	);
}

/** The number of participants that a ramp goes to; not whole when a percentage does not fit. */
export function rampTarget(
	to: { percent: number } | { participants: number },
	total: number,
): number {
	if ("participants" in to) return to.participants;
	const exact = (total * to.percent) / 100;
	const whole = Math.round(exact);
	return Math.abs(exact - whole) < 1e-9 * Math.max(1, whole) ? whole : exact;
}

/**
 * Fills in what depends on other keys.
 * @param wavFrom file whose folder a relative WAV path starts from; undefined leaves it as it is
 */
export function resolveScenario(parsed: ParsedScenario, wavFrom: string | undefined): Scenario {
	const { subscribe, data: dataOfAll, ...rest } = parsed;
	const total = totalParticipants(parsed);
	const { source } = parsed.audio;
	const isRelativeWav = !isBuiltInSource(source) && !isAbsolute(source) && wavFrom !== undefined;
	return {
		...rest,
		audio: {
			...parsed.audio,
			source: isRelativeWav ? join(dirname(wavFrom), source) : source,
		},
		participants: parsed.participants.map((group) => {
			const data = group.data ?? dataOfAll;
			return {
				publishers: group.publishers,
				subscribers: group.subscribers,
				both: group.both,
				engine: group.engine ?? parsed.engine,
				ice: group.ice ?? parsed.ice,
				subscribe: group.subscribe ?? subscribe,
				...(data === "none" ? {} : { data }),
			};
		}),
		load: parsed.load.map((step) =>
			step.kind === "ramp"
				? { kind: step.kind, durationMs: step.durationMs, participants: rampTarget(step.to, total) }
				: step,
		),
	};
}
