import { expect, test } from "vitest";
import { colorFor } from "../../../src/sink/color.js";

test.each([
	[{}, false, 0],
	[{ NO_COLOR: "1" }, true, 0],
	[{ FORCE_COLOR: "1" }, false, 1],
	[{ FORCE_COLOR: "3" }, false, 3],
	[{ FORCE_COLOR: "" }, false, 1],
	[{ FORCE_COLOR: "0" }, true, 0],
	[{ FORCE_COLOR: "2", NO_COLOR: "1" }, false, 2],
])("%j on a TTY (%s) gives level %d", (environment, isTty, level) => {
	expect(colorFor(environment, isTty).level).toBe(level);
});

test("an empty NO_COLOR says nothing", () => {
	expect(colorFor({ NO_COLOR: "" }, true).level).toBe(colorFor({}, true).level);
});
