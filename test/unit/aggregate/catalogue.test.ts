import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { counters, distributions } from "../../../src/aggregate/catalogue.js";

const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const row = (name: string) => rows.find((line) => line.startsWith(`| \`${name}\` |`));

describe("docs/metrics.md", () => {
	it("has a row with the unit of every distribution", () => {
		for (const [name, { unit }] of Object.entries(distributions)) {
			expect(row(name), name).toMatch(new RegExp(`^\\| \`${name}\` \\| ${unit} \\|`));
		}
	});

	it("has a row with the labels of every counter, in their order", () => {
		for (const [name, { labels }] of Object.entries(counters)) {
			const cell = row(name)?.split(" | ")[1] ?? "";
			expect(
				[...cell.matchAll(/`(\w+)`/g)].map(([, label]) => label),
				name,
			).toEqual(labels);
		}
	});

	it("has no row for a metric that does not exist", () => {
		const known = Object.keys(distributions).length + Object.keys(counters).length;
		expect(rows).toHaveLength(known);
	});
});
