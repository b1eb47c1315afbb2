import { describe, expect, test } from "vitest";
import { restTurn } from "../../../src/ice/rest-turn.js";
import { staticTurn } from "../../../src/ice/static-turn.js";

const uris = ["turn:h:3478"];

describe("static", () => {
	const source = staticTurn(uris, { username: "u", password: "p" });

	test("gives everybody the same, for relay policies only", async () => {
		const servers = [{ urls: ["turn:h:3478?transport=tcp"], username: "u", password: "p" }];
		expect(await source.serversFor("relay-tcp", 0)).toEqual(servers);
		expect(await source.serversFor("relay-tcp", 7)).toEqual(servers);
		expect(await source.serversFor("direct", 0)).toEqual([]);
		expect(await source.serversFor("tcp", 0)).toEqual([]);
	});

	test("a policy that the URIs do not serve is rejected", async () => {
		await expect(source.serversFor("relay-tls", 0)).rejects.toThrow("needs a turns: URI");
	});

	test.each([
		["", "p", "The TURN user name is missing."],
		["u", "", "The TURN password is missing."],
	])("user %j with password %j", (username, password, message) => {
		expect(() => staticTurn(uris, { username, password })).toThrow(message);
	});
});

describe("rest", () => {
	test("each participant has its own name, each call the time of its own", async () => {
		let nowMs = 1_000_000;
		const source = restTurn({ uris, secret: "s", ttlMs: 60_000, nowMs: () => nowMs });
		const name = async (index: number) =>
			(await source.serversFor("relay-udp", index)).map(({ username }) => username);
		expect(await name(0)).toEqual(["1060:livesoak-0"]);
		nowMs += 5_000;
		expect(await name(1)).toEqual(["1065:livesoak-1"]);
		expect(await source.serversFor("tcp", 0)).toEqual([]);
	});

	test("what is missing is told when the source is made", () => {
		const options = { uris, secret: "s", ttlMs: 1_000, nowMs: () => 0 };
		expect(() => restTurn({ ...options, secret: "" })).toThrow("The TURN REST secret is missing.");
		expect(() => restTurn({ ...options, ttlMs: 0 })).toThrow(
			"lifetime of TURN credentials is 0 ms",
		);
		expect(() => restTurn({ ...options, ttlMs: Number.NaN })).toThrow("lifetime");
	});
});
