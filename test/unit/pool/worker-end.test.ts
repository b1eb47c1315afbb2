import { expect, test } from "vitest";
import { endText } from "../../../src/pool/worker-end.js";

const uncaught = `file:///livesoak/node_modules/rtc/room.js:12
    throw new Error("Participant already exists");
          ^

Error: Participant already exists
    at Room.onFfiEvent (file:///livesoak/node_modules/rtc/room.js:12:11)

Node.js v20.20.2`;

test.each([
	["an uncaught error, not Node's version below it", uncaught, "Error: Participant already exists"],
	["a panic", "thread 'main' panicked at src/lib.rs:4\nnote: run with", "panicked at src/lib.rs:4"],
	["the last line of anything else", "one\ntwo", "two"],
])("tells %s", (_, lastWords, told) => {
	expect(endText({ code: 1, signal: null, lastWords })).toMatch(
		new RegExp(`^exit code 1: .*${told}$`),
	);
});

test("a kill without a word tells its signal alone", () => {
	expect(endText({ code: null, signal: "SIGKILL", lastWords: "" })).toBe("killed by SIGKILL");
});
