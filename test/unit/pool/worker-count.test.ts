import fc from "fast-check";
import { expect, test } from "vitest";
import { workerCountFor } from "../../../src/pool/worker-count.js";

const some = fc.integer({ min: 1, max: 5000 });
const cores = fc.integer({ min: 1, max: 128 });

test("never more workers than participants, and always one", () => {
	fc.assert(
		fc.property(
			fc.oneof(fc.constant("auto" as const), some),
			some,
			some,
			cores,
			(workers, participantsPerWorker, participants, coreCount) => {
				const pool = { workers, participantsPerWorker };
				const count = workerCountFor(
					{ pool } as Parameters<typeof workerCountFor>[0],
					participants,
					coreCount,
				);
				expect(count).toBeGreaterThanOrEqual(1);
				expect(count).toBeLessThanOrEqual(participants);
				expect(Number.isInteger(count)).toBe(true);
				if (workers !== "auto") expect(count).toBe(Math.min(workers, participants));
				// No worker has more than its stated number, and no core idles while there is somebody for it.
				else {
					expect(Math.ceil(participants / count)).toBeLessThanOrEqual(participantsPerWorker);
					expect(count).toBeGreaterThanOrEqual(Math.min(coreCount, participants));
				}
			},
		),
		{ numRuns: 500 },
	);
});

test.each([
	["auto", 25, 100, 2, 4],
	["auto", 25, 101, 2, 5],
	["auto", 25, 30, 8, 8],
	["auto", 25, 3, 8, 3],
	[6, 25, 100, 2, 6],
] as const)(
	"workers %s, %i a worker, %i participants on %i cores: %i",
	(workers, perWorker, participants, coreCount, expected) => {
		const pool = { workers, participantsPerWorker: perWorker };
		expect(
			workerCountFor({ pool } as Parameters<typeof workerCountFor>[0], participants, coreCount),
		).toBe(expected);
	},
);
