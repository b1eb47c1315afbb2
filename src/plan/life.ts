import type { Scenario } from "../scenario/scenario.js";
import { shortestStayMs } from "../scenario/shortest-stay.js";
import type { Window } from "./load-line.js";
import type { RandomStream } from "./random.js";
import { drawStayMs } from "./stay.js";

/**
 * The lives on one seat, one after another, while the load shape wants the seat taken. Without a pause
 * a successor starts in the millisecond its predecessor ends, so the seat is taken for the whole window.
 * The end of a window ends a life early; where less than the shortest stay would be left for a
 * successor, the life is stretched to the end instead, or with a pause the seat stays empty.
 */
export function* livesIn(
	windows: readonly Window[],
	life: Scenario["life"],
	random: RandomStream,
): Generator<Window> {
	for (const window of windows) {
		let { startMs } = window;
		do {
			let endMs = Math.min(startMs + drawStayMs(life.stay, random), window.endMs);
			if (life.rejoinMs === 0 && window.endMs - endMs < shortestStayMs) endMs = window.endMs;
			yield { startMs, endMs };
			startMs = endMs + life.rejoinMs;
		} while (window.endMs - startMs >= shortestStayMs);
	}
}
