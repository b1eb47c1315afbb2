import fc from "fast-check";
import { expect, test } from "vitest";
import { LifeAccount } from "../../../src/pool/life-account.js";
import type { LifeSample } from "../../../src/sample/sample.js";

const labels = { engine: "native", ice: "direct", role: "both" } as const;
const otherLabels = { engine: "native", ice: "tcp", role: "publisher" } as const;

const turns = {
	begun: { kind: "begun", labels, lateMs: 0 },
	joined: { kind: "joined", labels },
	failed: { kind: "failed", labels, stage: "ice", cause: "timeout" },
	lost: { kind: "lost", labels, cause: "disconnected" },
	left: { kind: "left", labels },
} as const satisfies Record<string, LifeSample>;

/** The ways a life can have gone until its worker dies. */
const wholeLives = [
	["begun"],
	["begun", "joined"],
	["begun", "failed"],
	["begun", "joined", "lost"],
	["begun", "joined", "left"],
] as const;

test("any mixture of lives: who is alive, who joins, and whom a death takes along", () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom(...wholeLives), { maxLength: 12 }),
			fc.infiniteStream(fc.nat()),
			(lives, picks) => {
				const account = new LifeAccount();
				// Several lives on one seat are told apart by their number.
				const rests = lives.map((life, index) => ({
					rest: [...life],
					seat: index % 3,
					life: index,
				}));
				for (;;) {
					const open = rests.filter(({ rest }) => rest.length > 0);
					const next = open[(picks.next().value ?? 0) % Math.max(1, open.length)];
					const kind = next?.rest.shift();
					if (!next || !kind) break;
					account.apply(next.seat, next.life, turns[kind]);
				}
				const ended = (kind: string) => lives.filter((life) => life.at(-1) === kind).length;
				expect([account.joining, account.alive]).toEqual([ended("begun"), ended("joined")]);
				const casualties = account.close().map(({ kind }) => kind);
				expect(casualties.filter((kind) => kind === "lost")).toHaveLength(ended("joined"));
				expect(casualties.filter((kind) => kind === "failed")).toHaveLength(ended("begun"));
				expect(casualties).toHaveLength(ended("joined") + ended("begun"));
				expect([account.joining, account.alive, account.close()]).toEqual([0, 0, []]);
			},
		),
	);
});

test("a death is told with each one's own labels and the cause", () => {
	const account = new LifeAccount();
	account.apply(0, 0, turns.begun);
	account.apply(1, 0, { ...turns.begun, labels: otherLabels });
	account.apply(1, 0, { ...turns.joined, labels: otherLabels });
	expect(account.close()).toEqual([
		{ kind: "failed", labels, stage: "joined", cause: "worker-died" },
		{ kind: "lost", labels: otherLabels, cause: "worker-died" },
	]);
});

test("what is told of a life that was never open changes nothing", () => {
	const account = new LifeAccount();
	for (const kind of ["failed", "lost", "left"] as const) account.apply(4, 1, turns[kind]);
	expect([account.alive, account.joining]).toEqual([0, 0]);
});
