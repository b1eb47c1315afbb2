import { expect, test } from "vitest";
import { expectationOf } from "../../../src/cli/spare-worker.js";

test.each<[string, readonly string[], string | undefined]>([
	["participants: { both: 2 }", ["native"], "speech"],
	["engine: lite", ["lite"], "speech"],
	["participants: { both: 2 }\n--engine\nlite", ["lite"], "speech"],
	[
		"participants:\n  - { both: 1, engine: native }\n  - { both: 9, engine: lite }",
		["native", "lite"],
		"speech",
	],
	["name: elite", ["native"], "speech"],
	["audio: { source: tone }", ["native"], "tone"],
	['audio:\n  source: "silence"', ["native"], "silence"],
	["--set\naudio.source=tone", ["native"], "tone"],
	["audio: { source: voice.wav }", ["native"], undefined],
	["audio: { source: tone.wav }", ["native"], undefined],
])("%j speaks of %j and %j", (words, engines, source) => {
	expect(expectationOf(words)).toEqual({ kind: "expect", engines, source });
});
