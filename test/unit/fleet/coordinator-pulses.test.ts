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

test("while Redis takes its pulses there is no doubt; it begins before the lock ends, and ends with the next pulse", async () => {
	const { clock, link, pulses, deposed } = pulsesRig();
	const lead = link.lead.bind(link);
	link.lead = async () => {
		if (link.isDown) throw new Error("Redis is away");
		return lead();
	};
	const doubts: boolean[] = [];
	for (let second = 0; second < 16; second++) {
		link.isDown = second >= 5 && second < 14;
		pulses.beat();
		await settle();
		doubts.push(pulses.isInDoubt);
		await clock.advanceTo(clock.nowMs() + 1_000);
	}
	// The last one that was taken is that of second 4, and its lock ends right after second 9.
	expect(doubts.indexOf(true)).toBe(9);
	expect(doubts.lastIndexOf(true)).toBe(13);
	expect(deposed).toEqual([]);
});

test("Redis takes no pulse but says who leads: there is no doubt", async () => {
	const { clock, link, pulses } = pulsesRig();
	link.isDown = true;
	for (let second = 0; second < 10; second++) {
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
	const { pulse, lead } = link;
	link.pulse = link.lead = async () => {
		throw new Error("Redis is away");
	};
	pulses.beat();
	await settle();
	expect(pulses.isInDoubt).toBe(true);
	Object.assign(link, { pulse, lead });
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
