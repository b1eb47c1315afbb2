import type { JoinToken } from "../token/token-source.js";
import { seatOf } from "./run-names.js";

/** Room tokens by identity, and for others the reason why there is none. */
export interface TokenHandout {
	readonly tokens: Readonly<Record<string, JoinToken>>;
	readonly refused: Readonly<Record<string, string>>;
}

/** What of it is for these seats; undefined where there is nothing. */
export function handoutOf(
	{ tokens, refused }: TokenHandout,
	seats: readonly number[],
): TokenHandout | undefined {
	const own = new Set(seats);
	const isOwn = ([identity]: readonly [string, unknown]) => own.has(seatOf(identity) ?? -1);
	const mine = Object.entries(tokens).filter(isOwn);
	const none = Object.entries(refused).filter(isOwn);
	if (mine.length + none.length === 0) return undefined;
	return { tokens: Object.fromEntries(mine), refused: Object.fromEntries(none) };
}
