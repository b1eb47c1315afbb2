import fc from "fast-check";
import { expect, test } from "vitest";
import { redact } from "../../../src/backend/redact.js";

test("no secret survives, wherever and however often it stands in a line", () => {
	const secret = fc.stringMatching(/^[A-Za-z0-9_-]{32,43}$/);
	fc.assert(
		fc.property(secret, fc.array(fc.string()), (hidden, parts) => {
			const line = redact(parts.join(hidden), [hidden]);
			expect(line).not.toContain(hidden);
			expect(line.split("[secret]").length).toBeGreaterThanOrEqual(parts.length);
		}),
	);
});

test("an empty secret hides nothing", () => {
	expect(redact("as it was", [""])).toBe("as it was");
});
