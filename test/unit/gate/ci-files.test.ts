import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** Of each file in docs/ci; where the schemas come from stands in their `$comment`. */
const schemas = {
	"github-gate.yaml": "github-workflow",
	"gitlab-gate.yaml": "gitlab-ci",
	"kubernetes-soak.yaml": "kubernetes-cronjob",
} as const;

function errorsOf(content: unknown, schema: string) {
	// Formats and annotations of other tools are not checked.
	const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
	const validate = ajv.compile(JSON.parse(read(`test/cases/ci/${schema}.schema.json`)));
	return validate(content) ? [] : validate.errors;
}

describe("docs/ci", () => {
	test("every file has a schema here", () => {
		expect(readdirSync(new URL("docs/ci/", root)).sort()).toEqual(Object.keys(schemas).sort());
	});

	test.each(Object.entries(schemas))("%s is valid by the schema of its system", (file, schema) => {
		expect(errorsOf(parse(read(`docs/ci/${file}`)), schema)).toEqual([]);
	});

	test.each([
		["github-workflow", { name: "x", on: "push", jobs: { a: { "runs-on": "x", step: [] } } }],
		["gitlab-ci", { job: { script: "x", timeout: "40 minutes", alow_failure: true } }],
		["kubernetes-cronjob", { apiVersion: "batch/v1", kind: "CronJob", spec: { schedul: "x" } }],
	])("the schema %s refuses a slip", (schema, content) => {
		expect(errorsOf(content, schema)).not.toEqual([]);
	});

	test("docs/ci.md names each of them", () => {
		const page = read("docs/ci.md");
		for (const file of Object.keys(schemas)) expect(page).toContain(`ci/${file}`);
	});
});
