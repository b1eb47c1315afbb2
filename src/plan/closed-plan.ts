import type { ArriveStep, LoadStep, Scenario } from "../scenario/scenario.js";
import { AliveCounter } from "./alive-counter.js";
import { livesIn } from "./life.js";
import { LoadLine } from "./load-line.js";
import type { Life, Plan, Seat } from "./plan.js";
import { purpose, randomStream } from "./random.js";
import { seatsOf } from "./seats.js";

/**
 * The plan of ramps and holds (closed model): the shape says how many are alive, and seats are taken in
 * the order of their index. Each seat has its own random stream, so a worker computes only its own.
 */
export function closedPlan(
	scenario: Scenario,
	load: readonly Exclude<LoadStep, ArriveStep>[],
): Plan {
	const seats = seatsOf(scenario);
	const line = new LoadLine(load);
	const walk = (seat: Seat) =>
		livesIn(
			line.windowsOf(seat.index),
			scenario.life,
			randomStream(scenario.seed, purpose.stay, seat.index),
		);
	const counter = new AliveCounter(() => seats.map(walk));
	let lifeCount: number | undefined;

	function* eachLife(seat: Seat): Generator<Life> {
		let number = 0;
		for (const { startMs, endMs } of walk(seat)) yield { seat, number: number++, startMs, endMs };
	}

	return {
		seats,
		durationMs: line.durationMs,
		steps: line.steps(),
		get lifeCount() {
			lifeCount ??= seats.reduce((sum, seat) => sum + countOf(walk(seat)), 0);
			return lifeCount;
		},
		// Without a pause between lives a seat is taken exactly while the line is above it.
		aliveAt: (atMs) => (scenario.life.rejoinMs === 0 ? line.levelAt(atMs) : counter.countAt(atMs)),
		eachLife,
		livesOf: (seat) => [...eachLife(seat)],
	};
}

function countOf(items: Iterable<unknown>): number {
	let count = 0;
	for (const _ of items) count++;
	return count;
}
