import { getJunitXml, type TestCase } from "junit-xml";
import type { Summary } from "../verdict/summary.js";
import { stripControlCharacters } from "./control-characters.js";
import { participantsText } from "./summary-rows.js";
import { observedText } from "./verdict-line.js";

/**
 * The run as a JUnit suite, so that CI systems show it: one case for "run to the end", one for the
 * validity of the measurement, one for "participants joined", one a threshold. A failing advisory threshold is a skipped case: it is
 * seen, and does not turn a build red.
 */
export function junitXml(summary: Summary): string {
	const seconds = summary.durationMs / 1_000;
	const xml = getJunitXml({
		name: "livesoak",
		time: seconds,
		suites: [
			{
				name: stripControlCharacters(summary.scenario),
				timestamp: new Date(summary.startedAt),
				time: seconds,
				testCases: [
					ranToTheEnd(summary),
					validity(summary),
					participantsJoined(summary),
					...summary.thresholds.map(threshold),
				],
			},
		],
	});
	// junit-xml 1.2.0 counts failures as such and then writes them as <error> elements. Angle brackets
	// inside text are escaped, so only tags match.
	const repaired = xml.replace(/<(\/?)error\b/g, "<$1failure");
	return `<?xml version="1.0" encoding="UTF-8"?>\n${repaired}\n`;
}

function ranToTheEnd(summary: Summary): TestCase {
	const test = { name: "run to the end", classname: "livesoak.run" };
	if (summary.verdict !== "error" && summary.verdict !== "aborted") return test;
	const message = clean(summary.reason ?? summary.verdict);
	return { ...test, failures: [{ message, type: summary.verdict }] };
}

function validity(summary: Summary): TestCase {
	const test = { name: "the tester kept its schedule", classname: "livesoak.validity" };
	if (summary.invalidities.length === 0) return test;
	return {
		...test,
		failures: summary.invalidities.map((one) => ({ message: clean(one.text), type: one.rule })),
	};
}

/**
 * A fact beside the thresholds: nobody in the room is never a success. Single failures are for the
 * thresholds (`connect.media failed < 0.1%`) to judge, or the build would be red in a run that passed.
 */
function participantsJoined(summary: Summary): TestCase {
	const test = {
		name: "participants joined",
		classname: "livesoak.participants",
		systemOut: [participantsText(summary)],
	};
	if (summary.participants.joined > 0 || summary.participants.planned === 0) return test;
	return {
		...test,
		failures: [{ message: `nobody joined: ${participantsText(summary)}`, type: "participants" }],
	};
}

function threshold(one: Summary["thresholds"][number]): TestCase {
	const test = { name: clean(`${one.metric} ${one.expression}`), classname: "livesoak.threshold" };
	if (one.ok) return { ...test, systemOut: [clean(observedText(one))] };
	const message = clean(`${one.metric} ${one.expression}: ${observedText(one)}`);
	if (one.advisory) return { ...test, skipped: true, systemOut: [`advisory: ${message}`] };
	return { ...test, failures: [{ message, type: "threshold" }] };
}

/** XML 1.0 cannot hold most control characters at all, not even escaped. */
function clean(text: string): string {
	return stripControlCharacters(text);
}
