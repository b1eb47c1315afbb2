import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FramePacer, spreadPhaseMs } from "../../../src/audio/pacing.js";

const start = fc.double({ min: 0, max: 2e12, noNaN: true });

describe("steady state", () => {
	test("never drifts: floor(elapsed / 20) + 1 frames have left, however the calls are spread", () => {
		fc.assert(
			fc.property(
				start,
				fc.double({ min: 0, max: 19.99, noNaN: true }),
				fc.array(fc.double({ min: 0, max: 90, noNaN: true }), { minLength: 1, maxLength: 300 }),
				(startMs, phaseMs, steps) => {
					const pacer = new FramePacer({ startMs, phaseMs });
					let total = 0;
					let nowMs = startMs + phaseMs;
					for (const step of steps) {
						nowMs += step;
						const elapsed = nowMs - (startMs + phaseMs);
						total += pacer.dueFrames(nowMs);
						expect(total).toBe(Math.floor(elapsed / 20 + 1e-6) + 1);
					}
					expect(pacer.sent).toBe(total);
					expect(pacer.skipped).toBe(0);
				},
			),
		);
	});

	test("called at nextDueMs, exactly one frame leaves, on time", () => {
		fc.assert(
			fc.property(start, fc.integer({ min: 1, max: 200 }), (startMs, calls) => {
				const pacer = new FramePacer({ startMs });
				for (let frame = 0; frame < calls; frame++) {
					expect(pacer.dueFrames(pacer.nextDueMs)).toBe(1);
					expect(pacer.firstDueFrame).toBe(frame);
				}
				expect(pacer.late).toBe(0);
			}),
		);
	});

	test("nothing leaves before the phase has passed, nor twice", () => {
		const pacer = new FramePacer({ startMs: 1_000, phaseMs: 7 });
		expect(pacer.dueFrames(1_006.9)).toBe(0);
		expect(pacer.dueFrames(1_007)).toBe(1);
		expect(pacer.dueFrames(1_007)).toBe(0);
		expect(pacer.dueFrames(900)).toBe(0);
	});
});

describe("lateness", () => {
	test("a frame that leaves within the tolerance is not late", () => {
		const pacer = new FramePacer({ startMs: 0 });
		expect(pacer.dueFrames(20)).toBe(2);
		expect(pacer.late).toBe(0);
	});

	test("frames that leave later than the tolerance are counted, one by one", () => {
		const pacer = new FramePacer({ startMs: 0, toleranceMs: 20 });
		expect(pacer.dueFrames(60)).toBe(4);
		// Due at 0, 20, 40, 60; later than 20 ms: the first two.
		expect(pacer.late).toBe(2);
	});

	test("after a stall the five newest leave, the others are skipped and late", () => {
		const pacer = new FramePacer({ startMs: 0 });
		expect(pacer.dueFrames(0)).toBe(1);
		expect(pacer.dueFrames(1_000)).toBe(5);
		expect(pacer.firstDueFrame).toBe(46);
		expect({ sent: pacer.sent, skipped: pacer.skipped, late: pacer.late }).toEqual({
			sent: 6,
			skipped: 45,
			// All but the frames due at 980 and 1000.
			late: 48,
		});
		// Media time is real time again: the next frame is the one of its time.
		expect(pacer.nextDueMs).toBe(1_020);
	});

	test("sent and skipped are all that were due, and late never passes them", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 100 }),
				(steps) => {
					const pacer = new FramePacer({ startMs: 0 });
					let nowMs = 0;
					let frames = 0;
					for (const step of steps) {
						nowMs += step;
						const due = pacer.dueFrames(nowMs);
						expect(due).toBeLessThanOrEqual(5);
						frames += due;
					}
					expect(pacer.sent).toBe(frames);
					expect(pacer.sent + pacer.skipped).toBe(Math.floor(nowMs / 20 + 1e-6) + 1);
					expect(pacer.late).toBeGreaterThanOrEqual(pacer.skipped);
					expect(pacer.late).toBeLessThanOrEqual(pacer.sent + pacer.skipped);
				},
			),
		);
	});
});

test("phases spread evenly: no gap is above three times the ideal one", () => {
	fc.assert(
		fc.property(fc.integer({ min: 2, max: 500 }), (publishers) => {
			const phases = Array.from({ length: publishers }, (_, n) => spreadPhaseMs(n)).sort(
				(a, b) => a - b,
			);
			expect(phases.every((phase) => phase >= 0 && phase < 20)).toBe(true);
			const gaps = phases.map(
				(phase, n) => (phases[(n + 1) % publishers] ?? 0) - phase + (n + 1 === publishers ? 20 : 0),
			);
			expect(Math.max(...gaps)).toBeLessThan((3 * 20) / publishers);
		}),
	);
});
