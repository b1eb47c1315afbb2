import { setTimeout as sleep } from "node:timers/promises";
import type { AgentLink } from "../../src/fleet/link.js";
import { reportOf } from "./fleet-link.js";

/**
 * Sends as an agent does: a new message every `everyMs`, and again all that the pulse does not report as heard.
 * @returns how to end it; resolves to the number of messages once all were heard
 */
export function sendSteadily(link: AgentLink, run: string, agent: string, everyMs: number) {
	const unheard = new Map<number, ReturnType<typeof reportOf>>();
	let made = 0;
	let isEnding = false;
	let rejected = 0;
	const send = (seq: number) => {
		const message = unheard.get(seq);
		if (message !== undefined) link.send(message).catch(() => rejected++);
	};
	const making = setInterval(() => {
		if (isEnding) return;
		unheard.set(++made, reportOf(run, made));
		send(made);
	}, everyMs);
	const whenAllHeard = (async () => {
		while (!isEnding || unheard.size > 0) {
			await sleep(300);
			const pulse = await link.pulseOf(run).catch(() => undefined);
			const heard = pulse?.heard[agent] ?? 0;
			for (const seq of [...unheard.keys()]) {
				if (seq <= heard) unheard.delete(seq);
				// Younger ones may be on their way.
				else if (seq < made - 20 || isEnding) send(seq);
			}
		}
		clearInterval(making);
	})();
	return async () => {
		isEnding = true;
		await whenAllHeard;
		return { made, rejected };
	};
}
