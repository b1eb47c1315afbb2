import { durationText, plainDigits } from "./exact-text.js";
import type { Fault, FaultEffect } from "./fault.js";
import { percentText } from "./ratio-text.js";

/**
 * An entry of `faults` as a file says it.
 * @throws RangeError where no file can: see exact-text.ts and ratio-text.ts
 */
export function faultEntry({ when, effect, withinMs }: Fault) {
	return {
		...(when.kind === "at"
			? { at: durationText(when.atMs) }
			: { every: durationText(when.everyMs) }),
		...{ do: effect.do, ...keysOf(effect), within: durationText(withinMs) },
	};
}

function keysOf(effect: FaultEffect) {
	switch (effect.do) {
		case "signal-drop":
		case "full-reconnect":
		case "node-migration":
		case "server-leave":
			return { share: percentText(effect.share) };
		case "herd":
			return { share: percentText(effect.share), away: durationText(effect.awayMs) };
		case "restart-server":
			return { how: effect.how };
		case "restart-turn":
		case "kill-worker":
			return {};
		case "loss":
		case "duplicate":
			return { for: durationText(effect.forMs), ratio: percentText(effect.ratio) };
		case "reorder":
			return {
				for: durationText(effect.forMs),
				...{ ratio: percentText(effect.ratio), by: durationText(effect.byMs) },
			};
		case "delay":
		case "jitter":
			return { for: durationText(effect.forMs), by: durationText(effect.byMs) };
		case "bandwidth": {
			const limit = `${plainDigits(effect.kilobitsPerSecond)}kbps`;
			return { for: durationText(effect.forMs), limit };
		}
		case "partition":
			return { for: durationText(effect.forMs) };
	}
}
