import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { jsonSchemaText } from "../../../src/scenario/json-schema.js";
import { loadScenario } from "../../../src/scenario/load-scenario.js";
import { scenarioSchema } from "../../../src/scenario/schema.js";

const root = new URL("../../../", import.meta.url);
const published = readFileSync(new URL("schema/scenario.schema.json", root), "utf8");
const validate = new Ajv().compile(JSON.parse(published));

test("the published schema is the one the code has (else: npm run schema)", () => {
	expect(published).toBe(jsonSchemaText(scenarioSchema));
});

test("every key has a description for editors", () => {
	const { properties } = JSON.parse(published);
	expect(Object.keys(properties)).toEqual(Object.keys(scenarioSchema.shape));
	for (const [key, property] of Object.entries(properties))
		expect(property, key).toHaveProperty("description");
});

describe("scenarios/", () => {
	const files = readdirSync(new URL("scenarios/", root));

	test.each(files)("%s is a scenario, by the schema and by the loader", (file) => {
		const text = readFileSync(new URL(`scenarios/${file}`, root), "utf8");
		expect(text.split("\n")[0]).toBe(
			"# yaml-language-server: $schema=../schema/scenario.schema.json",
		);
		expect(validate(parse(text)) ? [] : validate.errors).toEqual([]);
		const scenario = loadScenario({ text, fileName: file, checkThreshold: () => undefined });
		expect(`${scenario.name}.yaml`).toBe(file);
	});
});

test.each([
	["an unknown key", { participants: {}, room: 2 }],
	["a number as duration", { participants: {}, load: [{ hold: 30 }] }],
	["a duration with two units of one kind", { participants: {}, load: [{ hold: "1h1h" }] }],
	["an unknown ICE policy", { participants: {}, ice: "relay" }],
	["a fraction of a room", { participants: {}, rooms: 1.5 }],
])("the schema refuses %s", (_, scenario) => {
	expect(validate({ name: "x", ...scenario })).toBe(false);
});
