import { expect, test } from "vitest";
import { refuseSwitchValues } from "../../../src/cli/switch-flags.js";

test.each([
	["run", "--html=page.html", '--html takes no value, got "page.html"'],
	["run", "--json=", '--json takes no value, got ""'],
	["gate", "--allow-same=yes", '--allow-same takes no value, got "yes"'],
])("%s %s is refused: to yargs it would be a no", (command, word, message) => {
	expect(() => refuseSwitchValues([command, "a", word])).toThrow(message);
});

test("what is no switch, says yes or no, or stands behind -- passes", () => {
	expect(() => refuseSwitchValues(["report", "dir", "--html=page.html"])).not.toThrow();
	expect(() => refuseSwitchValues(["run", "--json=true", "--html=false", "--quiet"])).not.toThrow();
	expect(() => refuseSwitchValues(["run", "--set=json=x", "--", "--json=x"])).not.toThrow();
});
