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
				const seats = Array.from({ length: participants }, () => ({ engine: "native" as const }));
				const count = workerCountFor(
					{ pool } as Parameters<typeof workerCountFor>[0],
					seats,
					coreCount,
				);
				expect(count).toBeGreaterThanOrEqual(1);
				expect(count).toBeLessThanOrEqual(participants);
				expect(Number.isInteger(count)).toBe(true);
				if (workers !== "auto") expect(count).toBe(Math.min(workers, participants));
				// No worker has more than its stated number, and no core idles while there is work for it.
				else {
					expect(Math.ceil(participants / count)).toBeLessThanOrEqual(participantsPerWorker);
					expect(count).toBeGreaterThanOrEqual(Math.min(coreCount, participants / 2));
				}
			},
		),
		{ numRuns: 500 },
	);
});

test.each([
	["auto", 25, { native: 100, lite: 0 }, 2, 4],
	["auto", 25, { native: 101, lite: 0 }, 2, 5],
	["auto", 25, { native: 30, lite: 0 }, 8, 8],
	["auto", 25, { native: 3, lite: 0 }, 8, 2],
	["auto", "auto", { native: 0, lite: 65 }, 2, 1],
	["auto", "auto", { native: 0, lite: 101 }, 2, 2],
	["auto", "auto", { native: 2, lite: 65 }, 2, 2],
	["auto", "auto", { native: 100, lite: 0 }, 2, 4],
	["auto", "auto", { native: 0, lite: 400 }, 2, 2],
	["auto", "auto", { native: 0, lite: 2400 }, 2, 6],
	["auto", "auto", { native: 25, lite: 800 }, 2, 3],
	[6, 25, { native: 100, lite: 0 }, 2, 6],
] as const)(
	"workers %s, %s a worker, %o on %i cores: %i",
	(workers, participantsPerWorker, { native, lite }, coreCount, expected) => {
		const pool = { workers, participantsPerWorker };
		const seats = Array.from({ length: native + lite }, (_, index) => ({
			engine: index < native ? ("native" as const) : ("lite" as const),
		}));
		expect(workerCountFor({ pool } as Parameters<typeof workerCountFor>[0], seats, coreCount)).toBe(
			expected,
		);
	},
);
