import { duration } from "./duration.js";
import { mapping } from "./mapping.js";
import { percent } from "./percent.js";

/** Beyond these the tester itself was too slow, and the run is invalid instead of failed. */
export const validity = mapping({
	lagP99: duration("Event-loop lag of the tester, 99th percentile.").prefault("100ms"),
	lateFrames: percent("Share of published audio frames that left late.").prefault("1%"),
	startDelayP99: duration("Delay of a join behind its schedule, 99th percentile.").prefault("1s"),
})
	.transform(({ lagP99, lateFrames, startDelayP99 }) => ({
		lagP99Ms: lagP99,
		/** 0 to 1. */
		lateFrameRatio: lateFrames / 100,
		startDelayP99Ms: startDelayP99,
	}))

	.prefault({})
	.describe("Beyond these limits the tester itself was too slow, and the run is invalid.");
