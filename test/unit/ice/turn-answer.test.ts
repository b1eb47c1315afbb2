import { describe, expect, test } from "vitest";
import { readTurnAnswer } from "../../../src/ice/turn-answer.js";

const udp = "turn:h:3478?transport=udp";
const one = [{ uris: [udp], username: "u", password: "p" }];

describe("shapes that services answer with", () => {
	test.each([
		["REST draft", { username: "u", password: "p", ttl: 60, uris: [udp] }],
		["credential for password", { username: "u", credential: "p", urls: [udp] }],
		["one URI as text", { username: "u", password: "p", url: udp }],
		["iceServers", { iceServers: [{ urls: udp, username: "u", credential: "p" }] }],
		["iceServers with one object", { iceServers: { urls: [udp], username: "u", credential: "p" } }],
		["ice_servers", { ice_servers: [{ url: udp, username: "u", credential: "p" }] }],
		["an array", [{ urls: [udp], username: "u", credential: "p" }]],
		[
			"STUN beside it",
			[{ urls: "stun:h" }, { urls: ["stun:h", udp, udp], username: "u", credential: "p" }],
		],
	])("%s", (_name, answer) => {
		expect(readTurnAnswer(answer)).toEqual(one);
	});

	test("several servers keep their own credentials", () => {
		const answer = [
			{ urls: "turn:a", username: "1", credential: "x" },
			{ urls: "turns:b", username: "2", credential: "y" },
		];
		expect(readTurnAnswer(answer)).toEqual([
			{ uris: ["turn:a"], username: "1", password: "x" },
			{ uris: ["turns:b"], username: "2", password: "y" },
		]);
	});

	test("a doubled scheme is no STUN entry: it is kept, to be named as wrong", () => {
		const answer = { urls: ["stun:turn:h"], username: "u", password: "p" };
		expect(readTurnAnswer(answer)).toEqual([
			{ uris: ["stun:turn:h"], username: "u", password: "p" },
		]);
	});
});

describe("what is missing is said, by field names and without values", () => {
	test.each<[unknown, string]>([
		["text", "is no JSON object or array"],
		[null, "is no JSON object or array"],
		[{}, "has no TURN URI in uris, urls, url, uri or iceServers, ice_servers; it has: nothing"],
		[[], "it has: nothing"],
		[{ user: "hidden", servers: ["hidden"] }, "it has: user, servers"],
		[{ uris: ["stun:h"], username: "u", password: "p" }, "has no TURN URI"],
		[{ uris: [udp], password: "hidden" }, "without username; it has: uris, password"],
		[{ uris: [udp], username: "hidden" }, "without password or credential; it has: uris, username"],
		[{ uris: [udp], username: "", password: "p" }, "without username"],
	])("%j", (answer, reason) => {
		const read = readTurnAnswer(answer);
		expect(read).toContain(reason);
		expect(read).not.toContain("hidden");
	});
});
