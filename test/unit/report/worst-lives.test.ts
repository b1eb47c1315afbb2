import { expect, test } from "vitest";
import type { LifeEvent } from "../../../src/report/read-events.js";
import { LivesOf, WorstLives } from "../../../src/report/worst-lives.js";

const joined = (seat: number, connectMs: number): LifeEvent => ({
	kind: "life-joined",
	atMs: 1_000 + seat,
	seat,
	life: 0,
	connectMs,
});
const failed = (seat: number, cause: string): LifeEvent => ({
	kind: "life-failed",
	atMs: 2_000,
	seat,
	life: 0,
	stage: "ice",
	cause,
	detail: "x",
});
const lost = (seat: number): LifeEvent => ({
	kind: "life-lost",
	atMs: 3_000,
	seat,
	life: 0,
	cause: "disconnected",
	detail: "gone",
});
const reconnecting = (seat: number): LifeEvent => ({
	kind: "reconnecting",
	atMs: 2_500,
	seat,
	life: 0,
	how: "resume",
});

function worstOf(events: readonly LifeEvent[]) {
	const worst = new WorstLives();
	for (const event of events) worst.add(event);
	const told = new LivesOf(worst.picks(), 1_000);
	for (const event of events) told.add(event);
	return told.lives();
}

test("failed, lost, most often reconnected, slowest: in this order, each once, with their story", () => {
	const lives = worstOf([
		...[1, 2, 3, 4, 5].map((seat) => joined(seat, seat * 100)),
		...[reconnecting(2), reconnecting(3), reconnecting(3)],
		...[failed(9, "timeout"), lost(1)],
	]);
	expect(lives.map(({ seat, why }) => [seat, why])).toEqual([
		[9, "failed at ice: timeout"],
		[1, "lost: disconnected"],
		[3, "reconnected 2 times"],
		[2, "reconnected once"],
		[5, "connected after 500ms"],
		[4, "connected after 400ms"],
	]);
	expect(lives[1]).toMatchObject({
		connectMs: 100,
		events: [
			{ atMs: 1, text: "joined after 100ms" },
			{ atMs: 2_000, text: "lost, disconnected: gone" },
		],
	});
});

test("ten at most; of failures each cause is shown before a second of the same", () => {
	const many = Array.from({ length: 50 }, (_, seat) => failed(seat, "timeout"));
	const lives = worstOf([...many, failed(99, "refused")]);
	expect(lives).toHaveLength(10);
	expect(lives.slice(0, 3).map(({ seat }) => seat)).toEqual([0, 99, 1]);
});

test("a life that reconnects all day is told in short, with its end", () => {
	const [life] = worstOf([...Array.from({ length: 500 }, () => reconnecting(7)), lost(7)]);
	expect(life?.events).toHaveLength(42);
	expect(life?.events.at(-2)?.text).toContain("lost");
	expect(life?.events.at(-1)?.text).toBe("and 460 more events");
});
