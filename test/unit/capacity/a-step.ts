import type { CapacityStep } from "../../../src/capacity/capacity-result.js";

/** A run that passed, changed as told. */
export function aStep(own: Partial<CapacityStep> = {}): CapacityStep {
	const participants = own.participants ?? own.count ?? 20;
	return {
		...{ step: 1, why: "ramp", count: participants, participants, outcome: "passed" },
		...{ runId: "run", durationMs: 17_000, joined: participants, failed: 0, lost: 0 },
		...{ connectP95Ms: 120, lossRatio: 0, jitterP95Ms: 2 },
		...{ thresholds: [], invalidities: [], failures: [], lostCauses: [] },
		tester: { cpuCores: 0.3, peakCpuCores: 0.4, maxRssBytes: 1e8, lagP99Ms: 12 },
		...own,
	};
}

/** A run whose thresholds failed. */
export function aFailure(own: Partial<CapacityStep> = {}): CapacityStep {
	return aStep({ outcome: "failed", thresholds: ["rtp.loss mean < 0.5% (4.00%)"], ...own });
}
