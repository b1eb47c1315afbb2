import { expect, test } from "vitest";
import {
	dropRule,
	emulated,
	meansFor,
	netemArguments,
	tbfArguments,
} from "../../../src/fault/network/network-means.js";
import {
	leftOverCalls,
	makeCalls,
	planNetwork,
	removeCalls,
} from "../../../src/fault/network/network-plan.js";
import { impairment } from "../../../src/impair/impairment.js";
import { type NetworkEffect, networkFaults } from "../../../src/scenario/fault.js";

const effects: readonly NetworkEffect[] = [
	{ do: "loss", forMs: 1, ratio: 0.05 },
	{ do: "delay", forMs: 1, byMs: 50 },
	{ do: "jitter", forMs: 1, byMs: 30 },
	{ do: "reorder", forMs: 1, ratio: 0.02, byMs: 40 },
	{ do: "duplicate", forMs: 1, ratio: 0.01 },
	{ do: "bandwidth", forMs: 1, kilobitsPerSecond: 500 },
	{ do: "partition", forMs: 1 },
];

test("every kind is here", () => {
	expect(effects.map((effect) => effect.do)).toEqual(networkFaults);
});

test("netem does all of it, as tc-netem(8) spells it", () => {
	expect(effects.map((effect) => meansFor(effect, true))).toEqual(effects.map(() => "tc netem"));
	expect(effects.map((effect) => netemArguments(effect).join(" "))).toEqual([
		"limit 100000 loss 5%",
		"limit 100000 delay 50ms",
		"limit 100000 delay 15ms 15ms",
		"limit 100000 delay 40ms reorder 98%",
		"limit 100000 duplicate 1%",
		"limit 10 rate 500kbit",
		"loss 100%",
	]);
});

test("without netem each kind has its own means", () => {
	expect(effects.map((effect) => meansFor(effect, false))).toEqual([
		...["nftables", "emulator", "emulator", "emulator", "emulator", "tc tbf", "nftables"],
	]);
	expect(dropRule({ do: "loss", forMs: 1, ratio: 0.05 })).toBe(
		"numgen random mod 100000 < 5000 drop",
	);
	expect(dropRule({ do: "partition", forMs: 1 })).toBe("drop");
	expect(tbfArguments({ do: "bandwidth", forMs: 1, kilobitsPerSecond: 500 }).join(" ")).toBe(
		"rate 500kbit burst 3200 latency 200ms",
	);
});

test.each(effects)("the emulator takes what it is told of $do, also as JSON", (effect) => {
	const told = JSON.parse(JSON.stringify(emulated(effect)));
	expect(() => impairment(told)).not.toThrow();
	expect(impairment(told)).not.toEqual(impairment({}));
});

test("names fit into a device's fifteen characters, and no two networks share one", () => {
	const plans = [planNetwork(4_194_304, 0, 7), planNetwork(4_194_304, 1, 8), planNetwork(5, 0, 9)];
	const devices = plans.flatMap(({ device, tunnelDevice }) => [device, tunnelDevice]);
	for (const device of devices) expect(device.length).toBeLessThanOrEqual(15);
	expect(new Set(devices).size).toBe(devices.length);
	const namespaces = plans.flatMap(({ router, server }) => [router.name, server.name]);
	expect(new Set(namespaces).size).toBe(namespaces.length);
});

test("whatever is made among this machine's devices and namespaces is removed", () => {
	const plan = planNetwork(42, 0, 7);
	const made = makeCalls(plan).flatMap((call) => {
		const [object = "", verb, name = ""] = call;
		return verb === "add" && ["netns", "link"].includes(object) ? [`${object} ${name}`] : [];
	});
	const removed = removeCalls(plan).map(([object, , name]) => `${object} ${name}`);
	expect(made).toEqual([
		"netns livesoak-42-0-router",
		"netns livesoak-42-0-server",
		`link ${plan.device}`,
	]);
	expect(removed).toEqual(expect.arrayContaining(made));
});

test("what a dead maker left is known by its name; that of one who lives is not touched", () => {
	const list =
		"livesoak-41-0-server (id: 1)\nlivesoak-41-0-router\nlivesoak-42-1-router\nother-41-0-router\n";
	const calls = leftOverCalls(list, (maker) => maker === 42);
	expect(calls).toEqual(removeCalls(planNetwork(41, 0, 0)));
});
