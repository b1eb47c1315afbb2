import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { ManualClock } from "../../../src/clock/manual-clock.js";
import { GivenTokens } from "../../../src/token/given-tokens.js";

function setUp() {
	const clock = new ManualClock(1_000);
	const asked: (readonly string[])[] = [];
	const given = new GivenTokens(clock, (identities) => asked.push(identities));
	const source = given.source(20_000);
	const tokenFor = (identity: string) =>
		source.tokenFor({ identity, room: "r", canPublish: true, canSubscribe: true, index: 0 });
	return { clock, asked, given, tokenFor };
}

test("one that is there is taken at once, by one life, and nobody is asked", async () => {
	const { asked, given, tokenFor, clock } = setUp();
	given.give({ a: { token: "t-a", url: "wss://x" } });
	expect(await tokenFor("a")).toEqual({ token: "t-a", url: "wss://x" });
	expect(asked).toEqual([]);
	void tokenFor("a").catch(() => {});
	await setImmediate();
	expect(asked).toEqual([["a"]]);
	expect(clock.sleeping).toBe(1);
});

test("those that are missed together are asked for together, each once", async () => {
	const { asked, given, tokenFor, clock } = setUp();
	given.expect("a");
	const both = Promise.all([tokenFor("a"), tokenFor("b")]);
	given.expect("b");
	await setImmediate();
	expect(asked).toEqual([["a", "b"]]);
	given.give({ b: { token: "t-b" }, a: { token: "t-a" } });
	expect(await both).toEqual([{ token: "t-a" }, { token: "t-b" }]);
	expect(clock.sleeping).toBe(0);
});

test("one that comes ahead of its life is not asked for", async () => {
	const { asked, given, tokenFor } = setUp();
	given.give({ a: { token: "t" } });
	given.expect("a");
	await setImmediate();
	expect(asked).toEqual([]);
	expect(await tokenFor("a")).toEqual({ token: "t" });
});

test.each(["before it is asked for", "while its life waits"])(
	"a refusal %s fails the join with the reason",
	async (when) => {
		const { given, tokenFor } = setUp();
		const refuse = () => given.give({}, { a: "the token service answered 503" });
		if (when.startsWith("before")) refuse();
		const failing = expect(tokenFor("a")).rejects.toMatchObject({
			...{ stage: "credentials", cause: "token-service" },
			detail: "the token service answered 503",
		});
		await setImmediate();
		if (when.startsWith("while")) refuse();
		await failing;
	},
);

test("nobody waits for ever, and the next life asks anew", async () => {
	const { clock, asked, tokenFor } = setUp();
	const failing = expect(tokenFor("a")).rejects.toMatchObject({
		...{ stage: "credentials", cause: "timeout" },
	});
	await clock.advanceTo(21_001);
	await failing;
	void tokenFor("a").catch(() => {});
	await setImmediate();
	expect(asked).toEqual([["a"], ["a"]]);
});
