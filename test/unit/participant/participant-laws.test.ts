import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConnectStage, connectStages } from "../../../src/sample/stage.js";
import { connectMs, livedLife, startAtMs } from "./lived-life.js";
import { hostPair, relayPair, type Script } from "./scripted-engine.js";

const aMoment = fc.nat({ max: 700 });

/** Everything an engine can do, well and badly. */
const aScript: fc.Arbitrary<Script> = fc
	.record({
		stagesAfterMs: fc.oneof(
			{
				weight: 3,
				arbitrary: fc.constant<Partial<Record<ConnectStage, number>>>({
					socket: 5,
					joined: 10,
					published: 60,
					media: 80,
				}),
			},
			{
				weight: 1,
				arbitrary: fc.dictionary(fc.constantFrom(...connectStages), aMoment) as fc.Arbitrary<
					Script["stagesAfterMs"]
				>,
			},
		),
		remoteAudioTracks: fc.nat({ max: 2 }),
		join: fc.oneof(
			fc.record({ kind: fc.constant("resolves" as const), afterMs: aMoment }),
			fc.record({ kind: fc.constantFrom("resolves", "rejects"), afterMs: aMoment }),
			fc.constant({ kind: "hangs" as const }),
		),
		ignoresSignal: fc.boolean(),
		pairs: fc.oneof(
			{ weight: 6, arbitrary: fc.constant([hostPair]) },
			{ weight: 1, arbitrary: fc.constantFrom([], [hostPair, relayPair], "hang" as const) },
		),
		disconnectsAfterMs: fc.option(fc.nat({ max: 4000 }), { nil: undefined }),
		reconnects: fc.array(
			fc.record(
				{ atMs: fc.nat({ max: 4000 }), forMs: fc.nat({ max: 500 }) },
				{ requiredKeys: ["atMs"] },
			),
			{ maxLength: 3 },
		),
		totals: fc.constantFrom("read", "unreadable", "rejects"),
		leave: fc.constantFrom("leaves", "rejects"),
	})
	.map(({ disconnectsAfterMs, ...rest }) =>
		disconnectsAfterMs === undefined ? rest : { ...rest, disconnectsAfterMs },
	);

const aSetting = fc.record(
	{
		script: aScript,
		startMs: fc.nat({ max: 500 }),
		endMs: fc.integer({ min: 1500, max: 4000 }),
		role: fc.constantFrom("publisher", "subscriber", "both"),
		interruptMs: fc.nat({ max: 4500 }),
		queueMs: fc.nat({ max: 300 }),
	},
	{ requiredKeys: ["script", "startMs", "endMs", "role"] },
);

test("whatever the engine does, a life that began has exactly one end, and leaves nothing behind", async () => {
	const ends = new Map<string, number>();
	await fc.assert(
		fc.asyncProperty(aSetting, async (setting) => {
			const life = await livedLife(setting);
			const count = (kind: string) => life.kinds.filter((one) => one === kind).length;
			const [begun, joined, failed] = [count("begun"), count("joined"), count("failed")];
			const [lost, left] = [count("lost"), count("left")];

			expect({ waiting: life.end?.waiting, traces: life.traces }).toEqual({
				waiting: 0,
				traces: 0,
			});
			const lastMs = Math.max(setting.endMs, setting.startMs + (setting.queueMs ?? 0) + connectMs);
			expect(life.end?.atMs).toBeLessThanOrEqual(startAtMs + lastMs);

			expect(begun).toBeLessThanOrEqual(1);
			expect(joined).toBe(lost + left);
			const isCutOff = setting.interruptMs !== undefined && joined === 0 && failed === 0;
			expect(failed + lost + left).toBe(isCutOff ? 0 : begun);
			if (setting.interruptMs === undefined) expect(begun).toBe(1);

			// In order: begun first, nothing after the end, windows and pairs of the joined only.
			if (begun) expect(life.kinds[0]).toBe("begun");
			const endAt = life.kinds.findIndex((kind) => /failed|lost|left/.test(kind));
			if (endAt >= 0) expect(endAt).toBe(life.kinds.length - 1);
			const joinedAt = life.kinds.indexOf("joined");
			if (joined === 0) expect(count("media") + count("pair")).toBe(0);
			else
				expect(life.kinds.indexOf("media", 0) < 0 || life.kinds.indexOf("media") > joinedAt).toBe(
					true,
				);

			expect(life.engine.leaves).toBe(life.engine.letIn);
			// Each reconnect that was told is counted.
			const told = life.events.filter(({ kind }) => kind === "reconnecting").length;
			expect(count("reconnect")).toBe(told);
			const end = isCutOff ? "cut off" : (life.kinds.at(-1) ?? "never began");
			ends.set(end, (ends.get(end) ?? 0) + 1);
		}),
		{ numRuns: 400 },
	);
	// The law says something only if all of these happen.
	for (const end of ["failed", "lost", "left", "cut off"]) expect(ends.get(end)).toBeGreaterThan(5);
});
