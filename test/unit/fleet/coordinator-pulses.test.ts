import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { Pulses } from "../../../src/fleet/coordinator/pulses.js";
import { RunTakenOver } from "../../../src/run/taken-over.js";
import { MemoryLink } from "./memory-link.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function pulsesRig() {
	const clock = new ManualClock(1_000_000);
	const link = new MemoryLink();
	const deposed: Error[] = [];
	const pulses = new Pulses({
		...{ run: "r", clock, link: () => link },
		onDeposed: (error) => void deposed.push(error),
	});
	return { clock, link, deposed, pulses };
}

test("while it beats each second there is no doubt, nor while Redis is away", async () => {
	const { clock, link, pulses } = pulsesRig();
	for (let second = 0; second < 20; second++) {
		link.isDown = second >= 5;
		pulses.beat();
		await settle();
		expect(pulses.isInDoubt).toBe(false);
		await clock.advanceTo(clock.nowMs() + 1_000);
	}
});

test("after it stood still it is in doubt until Redis has taken a new pulse", async () => {
	const { clock, link, pulses, deposed } = pulsesRig();
	pulses.beat();
	await settle();
	await clock.advanceTo(clock.nowMs() + 10_000);
	expect(pulses.isInDoubt).toBe(true);
	link.isDown = true;
	pulses.beat();
	await settle();
	expect(pulses.isInDoubt).toBe(true);
	link.isDown = false;
	pulses.beat();
	await settle();
	expect(pulses.isInDoubt).toBe(false);
	expect(deposed).toEqual([]);
});

test("the answer to a pulse of before it stood still proves nothing", async () => {
	const { clock, link, pulses } = pulsesRig();
	let answer = () => {};
	link.pulse = () =>
		new Promise((resolve) => {
			answer = resolve;
		});
	pulses.beat();
	await clock.advanceTo(clock.nowMs() + 10_000);
	pulses.beat();
	answer();
	await settle();
	expect(pulses.isInDoubt).toBe(true);
});

test("another one has taken the run over meanwhile: it says so, and stays in doubt", async () => {
	const { clock, link, pulses, deposed } = pulsesRig();
	pulses.beat();
	await settle();
	await clock.advanceTo(clock.nowMs() + 10_000);
	link.pulse = async () => {
		throw new Error("refused");
	};
	link.isLed = false;
	pulses.beat();
	await settle();
	expect(deposed).toEqual([expect.any(RunTakenOver)]);
	expect(pulses.isInDoubt).toBe(true);
});
