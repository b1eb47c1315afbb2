import { expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";

test("is bad input unless told otherwise, and keeps what it came from for logs only", () => {
	const cause = new Error("ENOENT with a secret in it");
	const plain = new UserError({ message: "--out is empty." });
	const world = new UserError({ message: "Cannot reach it.", hint: "Look.", exitCode: 1, cause });
	expect([plain.exitCode, plain.hint, plain.cause]).toEqual([2, undefined, undefined]);
	expect([world.exitCode, world.hint, world.cause]).toEqual([1, "Look.", cause]);
	expect(world.message).toBe("Cannot reach it.");
	expect(world).toBeInstanceOf(Error);
});
