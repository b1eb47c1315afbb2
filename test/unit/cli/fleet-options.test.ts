import { describe, expect, test } from "vitest";
import { type FleetFlags, readFleetFlags } from "../../../src/cli/fleet-options.js";

const redis = "redis://127.0.0.1:6379";

test("without --redis this machine lives the plan", () => {
	expect(readFleetFlags({})).toBeUndefined();
});

test("the defaults: one agent, a minute, a lease of 15 s", () => {
	expect(readFleetFlags({ redis })).toEqual({
		...{ redis, agents: 1, waitMs: 60_000, leaseMs: 15_000, labels: {} },
	});
	expect(readFleetFlags({ redis }, 3)?.agents).toBe(3);
});

test("all flags", () => {
	const agentLabel = ["region=eu-west", "disk=a=b"];
	expect(readFleetFlags({ redis, agents: "12", wait: "5m", lease: "20s", agentLabel })).toEqual({
		...{ redis, agents: 12, waitMs: 300_000, leaseMs: 20_000 },
		labels: { region: "eu-west", disk: "a=b" },
	});
});

const wrong: readonly [FleetFlags, string][] = [
	[{ agents: "2" }, "--agents needs --redis."],
	[{ redisCa: "ca.pem" }, "--redis-ca needs --redis."],
	[{ agentLabel: ["a=b"] }, "--agent-label needs --redis."],
	[{ redis, agents: "0" }, "--agents 0: expected a whole number from 1 to 1000."],
	[{ redis, agents: "1.5" }, "--agents 1.5: expected a whole number from 1 to 1000."],
	[{ redis, agents: "1001" }, "--agents 1001: expected a whole number from 1 to 1000."],
	[{ redis, wait: "soon" }, "--wait: expected a duration such as 500ms, 10s, 5m or 1h30m, got"],
	[{ redis, lease: "2s" }, "--lease 2s: must be at least 5s."],
	[{ redis, agentLabel: ["eu"] }, "--agent-label eu: expected key=value."],
];

describe("what is wrong is named", () => {
	for (const [flags, message] of wrong)
		test(message, () => {
			expect(() => readFleetFlags(flags)).toThrow(message);
		});
});
