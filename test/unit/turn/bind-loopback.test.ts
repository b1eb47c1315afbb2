import { expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { noLoopback } from "../../../src/turn/bind-loopback.js";

test.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])(
	"%s names the missing IPv6 and the ways out",
	(code) => {
		const named = noLoopback(Object.assign(new Error(`bind ${code} ::1`), { code }));
		expect(named).toBeInstanceOf(UserError);
		expect(named).toMatchObject({
			exitCode: 1,
			message: expect.stringContaining(
				`IPv6 loopback, [::1], which this machine does not have (${code})`,
			),
			hint: expect.stringContaining("--engine native"),
		});
	},
);

test("any other error stays what it is", () => {
	const error = Object.assign(new Error("bind EMFILE"), { code: "EMFILE" });
	expect(noLoopback(error)).toBe(error);
});
