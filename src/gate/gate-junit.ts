import { getJunitXml, type TestCase } from "junit-xml";
import { stripControlCharacters } from "../sink/control-characters.js";
import { gateLine, gateRow } from "./figure-text.js";
import type { FigureResult, GateResult } from "./gate-result.js";

/**
 * The gate as a JUnit suite: one case for its verdict, one a figure. What has no say never turns a build red: its
 * case is skipped where it is worse.
 */
export function gateJunit(result: GateResult): string {
	const line = stripControlCharacters(gateLine(result));
	const isGood = result.verdict === "passed" || result.verdict === "stored";
	const whole: TestCase = {
		...{ name: "the gate", classname: "livesoak.gate", systemOut: [line] },
		...(isGood ? {} : { failures: [{ message: line, type: result.verdict }] }),
	};
	const xml = getJunitXml({
		name: "livesoak gate",
		suites: [
			{
				name: stripControlCharacters(result.scenario),
				timestamp: new Date(result.startedAt),
				testCases: [whole, ...result.figures.map(testCase)],
			},
		],
	});
	// junit-xml 1.2.0 writes failures as <error> elements.
	const repaired = xml.replace(/<(\/?)error\b/g, "<$1failure");
	return `<?xml version="1.0" encoding="UTF-8"?>\n${repaired}\n`;
}

function testCase(one: FigureResult): TestCase {
	const text = [...gateRow(one), ...(one.why === undefined ? [] : [one.why])].join(", ");
	const test = { name: one.metric, classname: "livesoak.gate", systemOut: [text] };
	if (one.verdict === "unknown" || (one.verdict === "worse" && !one.judges))
		return { ...test, skipped: true };
	if (one.verdict !== "worse") return test;
	return { ...test, failures: [{ message: text, type: "worse" }] };
}
