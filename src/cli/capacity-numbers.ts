import { UserError } from "../error/user-error.js";
import { parseDuration } from "../scenario/duration-text.js";
import type { CapacityFlags } from "./capacity.js";

/** The numbers of the flags, checked. */
export interface CapacityNumbers {
	readonly start: number | undefined;
	readonly holdMs: number | undefined;
	/** Joins a second. */
	readonly joinRate: number | undefined;
	/** 0 to 1. */
	readonly resolution: number;
	readonly repeats: number;
	readonly maxParticipants: number;
	readonly maxSteps: number;
	readonly maxDurationMs: number;
	readonly serverCores: number | undefined;
	readonly extrapolateCores: number | undefined;
}

const mostRepeats = 99;

/** @throws UserError naming the first flag that is wrong */
export function capacityNumbers(flags: CapacityFlags): CapacityNumbers {
	for (const [flag, instead] of [
		["participants", "--start says where to begin, --max-participants where to end"],
		["duration", "--hold says how long each number is held, --max-duration bounds the whole"],
	] as const)
		if (flags[flag] !== undefined)
			throw new UserError({
				message: `--${flag} has no meaning in a search.`,
				hint: `${instead}.`,
			});
	if (flags.json && flags.quiet)
		throw new UserError({ message: "--json and --quiet exclude each other.", hint: "Give one." });
	if (flags.out === "") throw new UserError({ message: "--out is empty.", hint: "Name a folder." });
	const repeats = whole("--repeats", flags.repeats, 1);
	if (repeats % 2 === 0 || repeats > mostRepeats)
		throw new UserError({
			message: `--repeats ${flags.repeats}: expected an odd number up to ${mostRepeats}.`,
			hint: "With an odd number there is always a majority: 1, 3, 5.",
		});
	return {
		start: optional(flags.start, (text) => whole("--start", text, 1)),
		holdMs: optional(flags.hold, (text) => duration("--hold", text)),
		joinRate: optional(flags.joinRate, joinRate),
		resolution: resolution(flags.resolution),
		repeats,
		maxParticipants: whole("--max-participants", flags.maxParticipants, 1),
		maxSteps: whole("--max-steps", flags.maxSteps, 1),
		maxDurationMs: duration("--max-duration", flags.maxDuration),
		serverCores: optional(flags.serverCores, (text) => cores("--server-cores", text)),
		extrapolateCores: optional(flags.extrapolateCores, (text) =>
			cores("--extrapolate-cores", text),
		),
	};
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
	return text === undefined ? undefined : read(text);
}

function whole(flag: string, text: string, least: number): number {
	const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (Number.isSafeInteger(value) && value >= least) return value;
	throw new UserError({
		message: `${flag} ${text}: expected a whole number from ${least}.`,
		hint: `For example ${flag} ${Math.max(least, 3)}.`,
	});
}

function cores(flag: string, text: string): number {
	const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
	if (value > 0) return value;
	throw new UserError({
		message: `${flag} ${text}: expected a number of cores above 0.`,
		hint: `For example ${flag} 16, or 0.5 for a quota of half a core.`,
	});
}

function duration(flag: string, text: string): number {
	const ms = parseDuration(text);
	if (ms !== undefined && ms > 0) return ms;
	throw new UserError({
		message: `${flag} ${text}: expected a duration above 0.`,
		hint: `For example ${flag} 15s, or 30m.`,
	});
}

function joinRate(text: string): number {
	const [, rate] = /^(\d+(?:\.\d+)?)\/s$/.exec(text) ?? [];
	if (rate !== undefined && Number(rate) > 0) return Number(rate);
	throw new UserError({
		message: `--join-rate ${text}: expected joins a second above 0.`,
		hint: "For example --join-rate 20/s.",
	});
}

function resolution(text: string): number {
	const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
	if (percent !== undefined && Number(percent) < 100) return Number(percent) / 100;
	throw new UserError({
		message: `--resolution ${text}: expected a percentage below 100%.`,
		hint: "For example --resolution 5%; 0% looks at every number at the edge.",
	});
}
