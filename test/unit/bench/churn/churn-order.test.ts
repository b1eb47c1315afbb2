import { expect, test } from "vitest";
import { churnOrderIn } from "../../../../bench/churn/churn-flags.js";
import { churnFlags, phasesOf } from "../../../../bench/churn/churn-order.js";
import { UserError } from "../../../../src/error/user-error.js";
import { makePlan } from "../../../../src/plan/make-plan.js";
import { loadScenario } from "../../../../src/scenario/load-scenario.js";
import { parseSet } from "../../../../src/scenario/override.js";

const flags = {
	...{ minutes: "2", warmUp: "30s", participants: "8" },
	...{ stay: "5s-20s", engine: "lite", ice: "direct" },
};

test("the plan that its flags make has everybody in the churn and nobody in the rests", () => {
	const order = churnOrderIn(flags);
	const given = churnFlags(order);
	const overrides = given.flatMap((flag, n) =>
		flag === "--set" ? [parseSet(given[n + 1] ?? "")] : [],
	);
	const text = "name: churn\nrooms: 2\nparticipants: { both: 4 }\n";
	const plan = makePlan(
		loadScenario({ text, fileName: "churn.yaml", overrides, checkThreshold: () => {} }),
	);
	const { restBefore, churn, restAfter } = phasesOf(order);
	const aliveAt = (seconds: number) => plan.aliveAt(seconds * 1000);
	for (const rest of [restBefore, restAfter]) {
		expect(rest.to - rest.from).toBe(20);
		for (let at = rest.from + 0.1; at < rest.to; at += 0.5) expect(aliveAt(at)).toBe(0);
	}
	expect(churn.to - churn.from).toBe(120);
	for (let at = churn.from; at < churn.to; at += 0.5) expect(aliveAt(at)).toBe(8);
	// Every worker has somebody to wait for until the end of the second rest.
	expect(aliveAt(restAfter.to + 1)).toBe(8);
	// Stays of 12.5 s on average: 8 seats of about 190 s.
	expect(plan.lifeCount).toBeGreaterThan(100);
});

test.each([
	[{ stay: "20s-5s" }, "--stay 20s-5s"],
	[{ stay: "5" }, "--stay 5"],
	[{ minutes: "0" }, "--minutes 0"],
	[{ warmUp: "soon" }, "--warm-up soon"],
	[{ participants: "1" }, "--participants 1"],
	[{ engine: "light" }, "--engine light"],
	[{ ice: "relay" }, "--ice relay"],
])("%o is refused by its flag", (wrong, named) => {
	let thrown: unknown;
	try {
		churnOrderIn({ ...flags, ...wrong });
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toBeInstanceOf(UserError);
	expect(String(thrown)).toContain(named);
});
