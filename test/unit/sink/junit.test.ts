import { expect, test } from "vitest";
import { junitXml } from "../../../src/sink/junit.js";
import { aggregatesOf, joining, samples, summaryOf } from "./fabricated-run.js";

/** The cases of the XML by name, each with what is inside. */
function cases(xml: string): Map<string, string> {
	const found = xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs);
	return new Map([...found].map(([, name = "", inside = ""]) => [name, inside]));
}

const xml = junitXml(summaryOf(aggregatesOf(samples)));

test("there is a case for the run, its validity, its participants and each threshold", () => {
	expect([...cases(xml).keys()]).toEqual([
		"run to the end",
		"the tester kept its schedule",
		"participants joined",
		"connect.media p95 &lt; 2s",
		"rtp.loss mean &lt; 0.5%",
		"audio.mos min &gt; 4.4",
	]);
});

test("a failed threshold is a failure that says what was observed", () => {
	expect(cases(xml).get("rtp.loss mean &lt; 0.5%")).toBe(
		'<failure type="threshold">rtp.loss mean &lt; 0.5%: observed 2.00%</failure>',
	);
	expect(xml).toMatch(/<testsuites[^>]* tests="6"[^>]* failures="1"/);
});

test("a failed advisory threshold is skipped, not failed", () => {
	const advisory = cases(xml).get("audio.mos min &gt; 4.4") ?? "";
	expect(advisory).toContain("<skipped");
	expect(advisory).toContain("observed 4.30");
});

test("an invalid run fails its validity case with the reason", () => {
	const invalid = summaryOf(aggregatesOf(joining(1)), {
		invalidities: [
			{ rule: "lag", observed: 300, limit: 200, unit: "ms", text: 'late <&"\u0000\u001b[1m' },
		],
	});
	const broken = cases(junitXml(invalid)).get("the tester kept its schedule");
	expect(broken).toBe('<failure type="lag">late &lt;&amp;&quot;</failure>');
});

test("a run that nobody joined fails that case; single failures are for thresholds", () => {
	const nobody = junitXml(summaryOf(aggregatesOf([])));
	expect(cases(nobody).get("participants joined")).toContain("nobody joined: 15 planned, 0 joined");
	expect(cases(xml).get("participants joined")).not.toContain("<failure");
});

test("an aborted run fails its first case", () => {
	const aborted = summaryOf(aggregatesOf(samples), {
		decision: { verdict: "aborted", exitCode: 130 },
		reason: "interrupted by SIGINT",
	});
	expect(cases(junitXml(aborted)).get("run to the end")).toContain("interrupted by SIGINT");
});
