import { UserError } from "../src/error/user-error.js";
import { parseDuration } from "../src/scenario/duration-text.js";
import { packetCountEveryMs } from "./server-metrics.js";
import { growthRoomSize, type Workload, workloads } from "./workload.js";

/** `--workload 5x60,10x10` or `all`. @throws UserError naming what there is */
export function workloadsIn(text: string): Workload[] {
	if (text === "all") return Object.values(workloads);
	return text.split(",").map((name) => {
		const found = Object.values(workloads).find((work) => work.name === name.trim());
		if (found) return found;
		const names = Object.keys(workloads).join(", ");
		throw new UserError({
			message: `--workload ${text}: there is no workload ${name.trim() || "without a name"}.`,
			hint: `Choose from ${names}, all.`,
		});
	});
}

/** A whole number from `least` on. @throws UserError naming the flag */
export function countIn(flag: string, text: string, least = 1): number {
	const count = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
	if (Number.isSafeInteger(count) && count >= least) return count;
	throw new UserError({
		message: `--${flag} ${text}: expected a whole number${least > 0 ? ` from ${least}` : ""}.`,
	});
}

/** Participants of the steps of the growth curve: `10,50,100`. @throws UserError naming the wrong one */
export function sizesIn(text: string): number[] {
	return text.split(",").map((each) => roomsOfTenIn("sizes", each.trim()));
}

/** Participants that fill the rooms of the growth curve. @throws UserError naming the flag */
export function roomsOfTenIn(flag: string, text: string): number {
	const size = countIn(flag, text, growthRoomSize);
	if (size % growthRoomSize === 0) return size;
	throw new UserError({
		message: `--${flag} ${text}: ${size} participants do not fill rooms of ${growthRoomSize}.`,
		hint: `Give multiples of ${growthRoomSize}, such as 10 or 100.`,
	});
}

/** Agents of the steps of the fleet: `1,10,50`. @throws UserError naming the wrong one */
export function agentCountsIn(text: string): number[] {
	return text.split(",").map((each) => countIn("agents", each.trim()));
}

/** The length of a steady part, in milliseconds. @throws UserError where it is none, or would be inexact */
export function steadyMsIn(text: string): number {
	const ms = parseDuration(text);
	if (ms !== undefined && ms > 0 && ms % packetCountEveryMs === 0) return ms;
	throw new UserError({
		message: `--duration ${text}: expected a multiple of ${packetCountEveryMs / 1000} s, such as 30s.`,
		hint: "The server adds up its packets in such steps; between them the count would be wrong.",
	});
}
