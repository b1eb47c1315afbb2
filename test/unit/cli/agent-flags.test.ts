import { expect, test } from "vitest";
import { planOf } from "../../../src/cli/agent.js";
import { UserError } from "../../../src/error/user-error.js";

function plan(flags: Partial<Parameters<typeof planOf>[0]>) {
	return planOf({
		...{ _: [], $0: "livesoak", redis: "redis://x", redisCa: undefined, name: undefined },
		...{ "redis-ca": undefined, label: undefined, allowUrl: undefined, "allow-url": undefined },
		...{ capacity: undefined, once: false, ...flags },
	});
}

function refusal(flags: Parameters<typeof plan>[0]): string {
	try {
		plan(flags);
	} catch (error) {
		if (error instanceof UserError) return error.message;
		throw error;
	}
	return "";
}

test("what is said is taken, what is not said is left open", () => {
	expect(plan({}).capacity).toEqual({});
	expect(plan({ capacity: "lite=400, native=0" }).capacity).toEqual({ lite: 400, native: 0 });
	expect(plan({ label: ["region=eu-west", "rack=a=b"] }).labels).toEqual({
		...{ region: "eu-west", rack: "a=b" },
	});
});

test("without --allow-url this machine only, with it what is named only", () => {
	expect(plan({}).allowList.server("ws://localhost:7880")).toBe("ws://localhost:7880");
	const { allowList } = plan({ allowUrl: ["wss://lk.example"] });
	expect(allowList.server("wss://lk.example")).toBe("wss://lk.example");
	expect(() => allowList.server("ws://localhost:7880")).toThrow("not on this agent's list");
});

test.each([
	[{ capacity: "lite" }, "--capacity lite:"],
	[{ capacity: "lite=1,lite=2" }, "--capacity"],
	[{ capacity: "lite=-1" }, "--capacity"],
	[{ capacity: "lite=9999999" }, "--capacity"],
	[{ capacity: "webrtc=4" }, "--capacity"],
	[{ label: ["region"] }, "--label region:"],
	[{ label: ["=x"] }, "--label"],
	[{ name: "a\nb" }, "--name"],
	[{ name: "" }, "--name"],
	[{ allowUrl: ["https://x"] }, "--allow-url https://x"],
])("%j is a mistake that names its flag", (flags, words) => {
	expect(refusal(flags)).toContain(words);
});
