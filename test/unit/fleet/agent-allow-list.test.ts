import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { AllowList, loopbackOnly } from "../../../src/fleet/agent/allow-list.js";

const refusal = (body: () => unknown) => {
	try {
		body();
	} catch (error) {
		if (error instanceof UserError) return error.message;
		throw error;
	}
	return undefined;
};

describe("what is not said", () => {
	const list = new AllowList(loopbackOnly);

	test.each([
		["ws://127.0.0.1:7880", "ws://127.0.0.1:7880"],
		["ws://localhost:7880", "ws://localhost:7880"],
		["WS://LOCALHOST:7880/", "ws://localhost:7880"],
		["wss://[::1]:443", "wss://[::1]"],
		["ws://[0:0::1]:1", "ws://[::1]:1"],
		// One way to write an address; what goes on is the plain one.
		["ws://0x7f.1:7880", "ws://127.0.0.1:7880"],
		["ws://2130706433/", "ws://127.0.0.1"],
		["ws://127.0.0.1:7880/rtc?a=b", "ws://127.0.0.1:7880/rtc?a=b"],
	])("%s is this machine: %s goes on", (text, normal) => {
		expect(list.server(text)).toBe(normal);
	});

	test.each([
		"ws://127.0.0.2:7880",
		"ws://10.0.0.1",
		"wss://example.com",
		"ws://localhost.example.com",
		"ws://localhost.",
		"ws://127.0.0.1.nip.io",
		"ws://[::ffff:127.0.0.1]",
		"ws://0.0.0.0:7880",
		"ws://127.0.0.1@example.com",
		"ws://example.com\\@127.0.0.1",
		"ws://example.com#@127.0.0.1",
		"ws://localhost:80@example.com/",
		"http://127.0.0.1",
		"file:///etc/passwd",
		"javascript:alert(1)",
		"127.0.0.1:7880",
		"",
	])("%s is not", (text) => {
		expect(refusal(() => list.server(text))).toBeDefined();
	});

	test("TURN servers of this machine, and no others", () => {
		for (const uri of [
			"turn:127.0.0.1:3478?transport=udp",
			"turn:LOCALHOST",
			"turns:[::1]:5349?transport=tcp",
		])
			expect(list.turn(uri)).toBe(uri);
		for (const uri of [
			"turn:127.1:3478",
			"turn:2130706433:3478",
			"turn:localhost.:3478",
			"turn:example.com",
			"stun:127.0.0.1",
			"turn:u@127.0.0.1",
		])
			expect(
				refusal(() => list.turn(uri)),
				uri,
			).toBeDefined();
	});
});

describe("what is on the list", () => {
	const list = new AllowList([
		"wss://LiveKit.Example.com",
		"wss://*.rooms.example.com:8443",
		"ws://bücher.example:*",
		"turn:turn.example.com",
		"turns:*.example.com:443",
	]);

	test.each([
		["wss://livekit.example.com/", "wss://livekit.example.com"],
		["wss://LIVEKIT.example.COM:443", "wss://livekit.example.com"],
		["wss://eu.rooms.example.com:8443", "wss://eu.rooms.example.com:8443"],
		["ws://xn--bcher-kva.example:99", "ws://xn--bcher-kva.example:99"],
		["ws://BÜCHER.example:1", "ws://xn--bcher-kva.example:1"],
		["wss://livekit%2eexample.com", "wss://livekit.example.com"],
	])("%s is taken as %s", (text, normal) => {
		expect(list.server(text)).toBe(normal);
	});

	test.each([
		["another scheme", "ws://livekit.example.com"],
		["another port", "wss://livekit.example.com:8443"],
		["a port that the star does not have", "wss://eu.rooms.example.com"],
		["no label for the star", "wss://rooms.example.com:8443"],
		["an empty label", "wss://.rooms.example.com:8443"],
		["two labels", "wss://a.eu.rooms.example.com:8443"],
		["a name that only ends so", "wss://evilrooms.example.com:8443"],
		["a dot at the end, which some resolvers read otherwise", "wss://livekit.example.com."],
		["a user", "wss://livekit.example.com@evil.com"],
		["a user and the right host", "wss://user:pw@livekit.example.com"],
		["letters that only look so", "wss://livekit.exаmple.com"],
		["a host after a backslash", "wss://evil.com\\livekit.example.com"],
	])("%s is not taken", (_what, text) => {
		expect(refusal(() => list.server(text))).toBeDefined();
	});

	test("TURN: port and name as they are listed", () => {
		expect(list.turn("turn:turn.example.com:3478?transport=tcp")).toBeDefined();
		expect(list.turn("turns:eu.example.com:443?transport=tcp")).toBeDefined();
		for (const uri of [
			"turn:turn.example.com:3479",
			"turns:turn.example.com",
			"turns:example.com:443",
			"turns:a.b.example.com:443",
		])
			expect(
				refusal(() => list.turn(uri)),
				uri,
			).toBeDefined();
	});

	test("a refusal shows no password and no token", () => {
		const said = refusal(() => list.server("wss://user:hunter22hunter@evil.com/?access_token=abc"));
		expect(said).toContain("has a user or password");
		expect(said).not.toContain("hunter22");
		expect(refusal(() => list.server("wss://evil.com/?access_token=abcdefgh"))).toBe(
			"wss://evil.com is not on this agent's list.",
		);
	});
});

test.each([
	"example.com",
	"https://example.com",
	"wss:example.com",
	"turn://example.com",
	"wss://user@example.com",
	"wss://example.com/rooms",
	"wss://example.com?x",
	"wss://*",
	"wss://*.com",
	"wss://*.10.0.0.1",
	"wss://a.*.example.com",
	"wss://example.com:0",
	"wss://example.com:99999",
	"turn:example.com?transport=udp",
	"",
])("%s is no entry", (entry) => {
	expect(refusal(() => new AllowList([entry]))).toContain("--allow-url");
});

test("law: whatever the URL, what goes on has a host and port of the list", () => {
	const list = new AllowList(["wss://a.example", "ws://*.b.example:7880"]);
	const piece = fc.constantFrom(
		...["wss://", "ws://", "a.example", "x.b.example", "evil.com", "@", ":", "/", "\\", "#", "?"],
		...["7880", "443", ".", "%2e", "\t", "[::1]", "*", "A.EXAMPLE", "。", "＠", " "],
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
			const text = pieces.join("");
			let taken: string | undefined;
			try {
				taken = list.server(text);
			} catch (error) {
				expect(error).toBeInstanceOf(UserError);
				return;
			}
			const { protocol, hostname, port, username, password } = new URL(taken);
			expect([username, password]).toEqual(["", ""]);
			if (protocol === "wss:") expect([hostname, port]).toEqual(["a.example", ""]);
			else {
				expect(port).toBe("7880");
				expect(hostname).toMatch(/^[^.]+\.b\.example$/);
			}
		}),
		{ numRuns: 2_000 },
	);
});
