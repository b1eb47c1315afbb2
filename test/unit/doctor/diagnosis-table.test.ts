import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { matches, patterns } from "../../../src/doctor/explains.js";
import { layers } from "../../../src/doctor/finding.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const table = readFileSync(join(root, "docs/diagnosis.md"), "utf8");
const rows = [...table.matchAll(/^\| `([a-z-]+\.[a-z0-9-]+)` \|/gm)].map(([, id = ""]) => id);

/** Every id that stands in the sources as it is told. */
function idsOfSources(): string[] {
	const folder = join(root, "src/doctor");
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
	const texts = files
		.filter((file) => file.endsWith(".ts") && file !== "explains.ts")
		.map((file) => readFileSync(join(folder, file), "utf8"));
	const id = new RegExp(`"((?:${layers.join("|")})\\.[a-z0-9-]+)"`, "g");
	return [...new Set(texts.flatMap((text) => [...text.matchAll(id)].map(([, one = ""]) => one)))];
}

test("every finding has a row in docs/diagnosis.md, and one only", () => {
	expect(idsOfSources().filter((id) => !rows.includes(id))).toEqual([]);
	expect(rows.filter((id, index) => rows.indexOf(id) !== index)).toEqual([]);
	expect(rows.length).toBeGreaterThan(100);
});

test("what config findings explain are findings that there are", () => {
	const isKnown = (pattern: string) => rows.some((id) => matches(pattern, id));
	expect([...new Set(patterns)].filter((pattern) => !isKnown(pattern))).toEqual([]);
});
