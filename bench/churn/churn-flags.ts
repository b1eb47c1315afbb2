import { type EngineName, engineNames } from "../../src/engine/engine-name.js";
import { nearest } from "../../src/error/nearest.js";
import { UserError } from "../../src/error/user-error.js";
import { type IcePolicy, icePolicies } from "../../src/ice/policy.js";
import { parseDuration } from "../../src/scenario/duration-text.js";
import { countIn } from "../flags.js";
import type { ChurnOrder } from "./churn-order.js";

/** What yargs makes of the flags of `npm run bench -- churn`. */
export interface ChurnFlags {
	readonly minutes: string;
	readonly warmUp: string;
	readonly participants: string;
	readonly stay: string;
	readonly engine: string;
	readonly ice: string;
}

/** Long enough for the last good-bye of a bridge, and for V8 to have collected what it can. */
const restSeconds = 20;

/** @throws UserError naming the flag that is wrong */
export function churnOrderIn(flags: ChurnFlags): ChurnOrder {
	return {
		engine: oneOf<EngineName>(engineNames, "engine", flags.engine),
		ice: oneOf<IcePolicy>(icePolicies, "ice", flags.ice),
		participants: countIn("participants", flags.participants, 2),
		staySeconds: stayIn(flags.stay),
		warmUpSeconds: secondsIn("warm-up", flags.warmUp),
		churnSeconds: countIn("minutes", flags.minutes) * 60,
		restSeconds,
	};
}

/** `5s-20s`, or one duration. */
function stayIn(text: string): readonly [number, number] {
	const [least = "", most = least] = text.split("-");
	const bounds = [secondsIn("stay", least), secondsIn("stay", most)] as const;
	if (bounds[0] <= bounds[1]) return bounds;
	throw new UserError({ message: `--stay ${text}: the first bound must be the smaller.` });
}

function secondsIn(flag: string, text: string): number {
	const ms = parseDuration(text);
	if (ms !== undefined && ms >= 1000) return ms / 1000;
	throw new UserError({ message: `--${flag} ${text}: expected at least 1s, such as 5s.` });
}

function oneOf<T extends string>(words: readonly T[], flag: string, text: string): T {
	const word = words.find((each) => each === text);
	if (word !== undefined) return word;
	const meant = nearest(text, words);
	throw new UserError({
		message: `--${flag} ${text}: expected ${words.join(", ")}.`,
		...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
	});
}
