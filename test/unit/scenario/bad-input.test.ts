import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";

// One case is a pair: name.yaml and the whole message it must get in name.expected.
const folder = new URL("../../cases/scenario/", import.meta.url);
const cases = readdirSync(folder)
	.filter((file) => file.endsWith(".yaml"))
	.map((file) => file.replace(/\.yaml$/, ""));

function messageOf(name: string): string {
	const text = readFileSync(new URL(`${name}.yaml`, folder), "utf8");
	// The grammar is the verdict room's; here an expression is bad when it says so.
	const checkThreshold = (metric: string, expression: string) =>
		expression.startsWith("bad") ? `${metric}: cannot read ${expression}` : undefined;
	try {
		loadScenario({ text, fileName: `${name}.yaml`, checkThreshold });
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		expect(error.exitCode).toBe(2);
		expect(error.hint).not.toBe("");
		return error.message;
	}
	return "no error";
}

test("there are cases", () => {
	expect(cases.length).toBeGreaterThan(30);
});

test.each(cases)("%s", (name) => {
	const expected = readFileSync(new URL(`${name}.expected`, folder), "utf8");
	expect(`${messageOf(name)}\n`).toBe(expected);
});
