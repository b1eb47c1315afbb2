import { getEventListeners } from "node:events";

/**
 * What others have left on a signal: listeners, and the references of `AbortSignal.any`, which Node keeps in a set
 * under a symbol of its own and never takes out.
 */
export function tracesOn(signal: AbortSignal): number {
	const dependants = Object.getOwnPropertySymbols(signal)
		.filter(({ description }) => description === "kDependantSignals")
		.map((symbol) => Reflect.get(signal, symbol))
		.reduce((sum, set) => sum + (set instanceof Set ? set.size : 0), 0);
	return getEventListeners(signal, "abort").length + dependants;
}
