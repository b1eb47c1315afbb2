import { expect, test } from "vitest";
import { toAgentSchema } from "../../../src/fleet/to-agent.js";
import { prepareOrder, reserve, rig } from "./agent-rig.js";

const base = "name: a\nengine: lite\nload: [{ ramp: 1s, to: 100% }, { hold: 1m }]\n";
const withFour = `${base}participants: { both: 4 }\n`;

test.each([
	["a WAV file", { scenario: `${withFour}audio: { source: /etc/passwd.wav }\n` }, "reads no file"],
	["a WAV file beside", { scenario: `${withFour}audio: { source: a.wav }\n` }, "reads no file"],
	["a path that is no WAV", { scenario: `${withFour}audio: { source: /etc/passwd }\n` }, "source"],
	["an unknown key", { scenario: `${withFour}exec: rm\n` }, "exec"],
	["YAML that makes objects", { scenario: "!!js/function 'x'" }, "scenario of run run-1"],
	[
		"a broken rule",
		{ scenario: `${withFour}thresholds: { nonsense: ["p95 < 1s"] }\n` },
		"nonsense",
	],
	["no scenario", { scenario: "" }, "empty"],
	["a server elsewhere", { url: "wss://evil.example" }, "not on this agent's list"],
	["a user before the host", { url: "ws://127.0.0.1@evil.example" }, "user or password"],
	["no WebSocket", { url: "file:///etc/passwd" }, "no ws:// or wss:// URL"],
	[
		"a TURN server elsewhere",
		{ turn: { uris: ["turn:127.0.0.1:3478", "turn:evil.example"], username: "u", password: "p" } },
		"turn:evil.example is not on",
	],
	["seats beyond the plan", { seats: [0, 4] }, "plan of 4"],
	["a seat twice", { seats: [1, 1] }, "twice"],
	["no seats", { seats: [] }, "no seats"],
	[
		"a plan that would fill the memory",
		{ scenario: `${base}rooms: 1000000000\nparticipants: { both: 4 }\n` },
		"can be planned",
	],
	[
		"arrivals that would fill the memory",
		{
			scenario:
				"name: a\nengine: lite\nparticipants: { both: 4 }\nload: [{ arrive: 1000000/s, for: 1000h }]\nlife: { stay: 1s }\n",
		},
		"can be planned",
	],
	[
		"a process for each of thousands",
		{
			scenario: `${base}participants: { both: 4000 }\npool: { workers: 4000 }\n`,
			seats: Array.from({ length: 4000 }, (_, i) => i),
		},
		"4000 worker processes",
	],
] as const)("%s: the shard fails, and nothing is started", async (_what, wrong, words) => {
	const { order, last, pools, said } = rig();
	await order(reserve);
	await order(prepareOrder(wrong as Parameters<typeof prepareOrder>[0]));
	expect(last("failed")).toMatchObject({ shard: 3, exitCode: 2 });
	expect(last("failed")?.message).toContain(words);
	expect(said.at(-1)).toContain("shard 3 was refused");
	expect(pools).toEqual([]);
});

test("law of the door: the link lets nothing through that the contract does not have", () => {
	const wrong: readonly object[] = [
		{ ...prepareOrder(), runTag: "../../etc" },
		{ ...prepareOrder(), runTag: "a/b" },
		{ ...prepareOrder(), exec: "rm" },
		{ ...prepareOrder(), seats: Array.from({ length: 100_001 }, (_, i) => i) },
		{ ...prepareOrder(), seats: [-1] },
		{ ...prepareOrder(), leaseMs: 0 },
		{ ...prepareOrder(), apiSecret: "s" },
		{
			...prepareOrder(),
			turn: { uris: ["turn:127.0.0.1"], username: "u", password: "p", secret: "s" },
		},
		{ kind: "eval", run: "r", code: "1" },
	];
	for (const order of wrong) expect(toAgentSchema.safeParse(order).success).toBe(false);
	expect(toAgentSchema.safeParse(prepareOrder()).success).toBe(true);
});

test("with the list widened the same order is taken, its URL in the normal form", async () => {
	const { order, pools, last } = rig({ allow: ["wss://lk.example", "turn:turn.example"] });
	await order(reserve);
	await order(
		prepareOrder({
			url: "WSS://LK.example:443/",
			turn: { uris: ["turn:turn.example:3478"], username: "u", password: "p" },
		}),
	);
	expect(last("failed")).toBeUndefined();
	expect(pools[0]?.options.order.connection).toMatchObject({
		...{ url: "wss://lk.example", turn: { kind: "static", uris: ["turn:turn.example:3478"] } },
	});
	// This machine itself is no longer on it.
	await order(prepareOrder({ shard: 4 }));
	expect(last("failed")?.message).toContain("127.0.0.1:7880 is not on");
});
