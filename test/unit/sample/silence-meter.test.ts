import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SilenceMeter } from "../../../src/sample/silence-meter.js";

const loud = 0.01;

describe("the silence meter", () => {
	it("draws the line at −60 dBov", () => {
		const meter = new SilenceMeter(0);
		expect(meter.judge("a", 1.01e-6, 1000)).toEqual({ silentMs: 0, audibleMs: 1000 });
		expect(meter.judge("a", 0.99e-6, 1000)).toEqual({ silentMs: 1000, audibleMs: 1000 });
		// Energy is level² times seconds: the same level over half the time.
		expect(meter.judge("b", 0.505e-6, 500)).toEqual({ silentMs: 0, audibleMs: 500 });
	});

	it("lets a pause of the material pass", () => {
		const meter = new SilenceMeter(2000);
		meter.judge("a", loud, 1000);
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 0, audibleMs: 0 });
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 0, audibleMs: 0 });
		expect(meter.judge("a", loud, 1000)).toEqual({ silentMs: 0, audibleMs: 3000 });
	});

	it("counts the whole stretch once it is longer than any pause, and all that follows", () => {
		const meter = new SilenceMeter(2000);
		meter.judge("a", 0, 1000);
		meter.judge("a", 0, 1000);
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 3000, audibleMs: 3000 });
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 1000, audibleMs: 1000 });
		expect(meter.judge("a", loud, 1000)).toEqual({ silentMs: 0, audibleMs: 1000 });
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 0, audibleMs: 0 });
	});

	it("keeps tracks apart and forgets one on request", () => {
		const meter = new SilenceMeter(1000);
		meter.judge("a", 0, 1000);
		expect(meter.judge("b", 0, 1000)).toEqual({ silentMs: 0, audibleMs: 0 });
		meter.forget("a");
		expect(meter.judge("a", 0, 1000)).toEqual({ silentMs: 0, audibleMs: 0 });
		expect(meter.judge("b", 0, 1000)).toEqual({ silentMs: 2000, audibleMs: 2000 });
	});

	it("judges all time once, and silence exactly in stretches longer than the longest pause", () => {
		const stretches = fc.array(
			fc.record({ silent: fc.boolean(), windows: fc.integer({ min: 1, max: 6 }) }),
			{ maxLength: 30 },
		);
		fc.assert(
			fc.property(stretches, fc.integer({ min: 0, max: 5 }), (list, pauseWindows) => {
				const meter = new SilenceMeter(pauseWindows * 1000);
				const windows = list.flatMap(({ silent, windows: n }) => Array<boolean>(n).fill(silent));
				// A loud window at the end settles what is held back.
				const judged = [...windows, false].map((silent) =>
					meter.judge("a", silent ? 0 : loud, 1000),
				);
				const total = (pick: "silentMs" | "audibleMs") =>
					judged.reduce((sum, judgement) => sum + judgement[pick], 0);
				const runs =
					windows
						.map((silent) => (silent ? "s" : "l"))
						.join("")
						.match(/s+/g) ?? [];
				const faulty = runs.filter((run) => run.length > pauseWindows).join("").length;
				expect(total("audibleMs")).toBe((windows.length + 1) * 1000);
				expect(total("silentMs")).toBe(faulty * 1000);
				for (const { silentMs, audibleMs } of judged)
					expect(silentMs).toBeLessThanOrEqual(audibleMs);
			}),
		);
	});
});
