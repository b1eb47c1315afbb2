import { expect, test } from "vitest";
import type { Environment } from "../../../src/cli/environment.js";
import { readTarget } from "../../../src/cli/target.js";
import { makePlan } from "../../../src/plan/make-plan.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

test("a --turn-url that is none is told before anything starts", async () => {
	const text = "name: a\nparticipants: { both: 2 }\n";
	const scenario = loadScenario({ text, fileName: "a.yaml", checkThreshold: () => undefined });
	const environment = { env: {} } as unknown as Environment;
	const target = (turnUrl: string) =>
		readTarget(environment, { turnUrl }, scenario, makePlan(scenario));
	await expect(target("x")).rejects.toThrow("--turn-url is not a URL");
	await expect(target("https://app.example.org/turn")).resolves.toMatchObject({
		turn: { kind: "service" },
	});
});
