import { expect, test } from "vitest";
import { claimsOf } from "../../../../src/doctor/turn/claims.js";
import { unclaimed } from "../../../../src/doctor/turn/turn-look.js";

const credentials = { username: "u", password: "p" };
const handed = (...urls: string[]) => ({ urls, ...credentials, from: "service" as const });
const shape = (...urls: string[]) =>
	claimsOf([handed(...urls)]).map(({ protocol, transport, port }) => [protocol, transport, port]);

test("each URI claims one transport", () => {
	expect(shape("turn:a?transport=udp", "turn:a?transport=tcp", "turns:a?transport=tcp")).toEqual([
		["turn", "udp", 3478],
		["turn", "tcp", 3478],
		["turn", "tls", 5349],
	]);
	expect(shape("turn:a", "turns:a:443", "stun:a", "stuns:a")).toEqual([
		["turn", "udp", 3478],
		["turn", "tls", 443],
		["stun", "udp", 3478],
		["stun", "tls", 5349],
	]);
});

test("doubles, DTLS and what is no URI are left out", () => {
	expect(shape("turn:a", "TURN:a:3478", "turn:a:3478")).toHaveLength(1);
	expect(shape("turns:a?transport=udp", "stun:stun:a", "turn://a", "")).toEqual([]);
	const other = { ...handed("turn:a"), password: "q" };
	expect(claimsOf([handed("turn:a"), other])).toHaveLength(2);
});

test("credentials are TURN's, and none is none", () => {
	const bare = { urls: ["turn:a"], username: "", password: "", from: "flag" as const };
	expect(claimsOf([bare])[0]).not.toHaveProperty("credentials");
	expect(claimsOf([handed("stun:a")])[0]).not.toHaveProperty("credentials");
	expect(claimsOf([handed("turn:a")])[0]?.credentials).toEqual(credentials);
});

test("only transports for which a host is not handed out at all are looked at", () => {
	const looks = (...urls: string[]) =>
		unclaimed(claimsOf([handed(...urls)])).map(({ port, transport }) => `${transport} ${port}`);
	expect(looks("turn:a?transport=udp")).toEqual(["tcp 3478", "tls 5349"]);
	expect(looks("turn:a:80?transport=tcp")).toEqual(["udp 80", "tls 80"]);
	expect(looks("turn:a", "turn:a?transport=tcp", "turns:a:443")).toEqual([]);
	expect(looks("turns:a")).toEqual([]);
});
