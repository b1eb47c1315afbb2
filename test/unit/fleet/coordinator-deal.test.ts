import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deal, roomBeside, shareOf, sumOf } from "../../../src/fleet/coordinator/deal.js";
import { turnPass } from "../../../src/fleet/coordinator/turn-pass.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

const planOf = (more: string) =>
	makePlan(
		loadScenario({
			text: `name: p\nrooms: 3\nload: [{ ramp: 1s, to: 100% }, { hold: 1s }]\n${more}`,
			fileName: "p.yaml",
			checkThreshold: () => undefined,
		}),
	);
const lite = planOf("engine: lite\nparticipants: { both: 20 }");
const capacity = fc.record({ lite: fc.nat(500), native: fc.nat(50) });

test("what a machine has left beside some seats, it can take", () => {
	fc.assert(
		fc.property(capacity, fc.nat(60), (machine, held) => {
			const own = lite.seats.slice(0, held);
			const room = roomBeside(machine, own);
			if (held > machine.lite) expect(room.lite).toBe(0);
			if (held > machine.lite) return;
			const all = [
				...own,
				...Array.from({ length: room.lite }, () => ({ engine: "lite" as const })),
			];
			if (all.length > 0) expect(shareOf(machine, all)).toBeLessThanOrEqual(1 + 1e-9);
		}),
	);
});

test("where the machines together have room, no share of one is above its own by more than a seat", () => {
	fc.assert(
		fc.property(fc.array(capacity, { minLength: 1, maxLength: 6 }), (machines) => {
			fc.pre(sumOf(machines).lite > 0);
			const dealt = deal(lite, machines);
			expect(dealt.flat()).toHaveLength(lite.seats.length);
			for (const [i, seats] of dealt.entries()) {
				const exact = (lite.seats.length * (machines[i]?.lite ?? 0)) / sumOf(machines).lite;
				expect(Math.abs(seats.length - exact)).toBeLessThan(1);
			}
		}),
	);
});

test("an engine that nobody holds is named", () => {
	expect(() => deal(lite, [{ lite: 0, native: 9 }])).toThrow(
		"The plan has 60 lite participants, and no agent offers to hold any.",
	);
});

describe("TURN for an agent", () => {
	const relay = planOf("engine: lite\nice: relay-udp\nparticipants: { both: 1 }");
	const uris = ["turn:127.0.0.1:3478?transport=udp"];
	const of = { name: "web-1", nowMs: 1_000_000 };

	test("of a shared secret: a name that ends with the run and an hour, never the secret", async () => {
		const pass = await turnPass({ kind: "rest", uris, secret: "hidden" }, relay, of);
		expect(pass.username).toBe(`${1_000 + relay.durationMs / 1_000 + 3_600}:web-1`);
		expect(JSON.stringify(pass)).not.toContain("hidden");
	});

	test("of a service with two relay policies: refused, for one answer fits one", async () => {
		const both = planOf(
			"engine: native\nparticipants: [{ both: 1, ice: relay-udp }, { both: 1, ice: relay-tcp }]",
		);
		await expect(
			turnPass({ kind: "service", url: "http://127.0.0.1:1/" }, both, of),
		).rejects.toThrow("relay-udp and relay-tcp");
	});
});
