import { expect, test } from "vitest";
import { parseRedisUrl } from "../../../src/fleet/redis/address.js";

const none = {};
const secret = { LIVESOAK_REDIS_PASSWORD: "s3cret-word" };
const pem = "-----BEGIN CERTIFICATE-----";

test.each([
	["redis://localhost", none, { host: "localhost", port: 6379, tls: false, db: 0, cluster: false }],
	["redis://10.0.0.1:7000/3", none, { host: "10.0.0.1", port: 7000, db: 3 }],
	["rediss://redis.example.com:6380/", none, { host: "redis.example.com", port: 6380, tls: true }],
	["redis://[::1]:6379", none, { host: "::1", port: 6379 }],
	["redis://h?cluster=true", none, { cluster: true }],
	["redis://h?cluster=false", none, { cluster: false }],
	["redis://us%40er:p%3Aw@h", none, { username: "us@er", password: "p:w" }],
	["redis://:word@h", none, { password: "word" }],
	["redis://agents@h", secret, { username: "agents", password: "s3cret-word" }],
	["redis://h", { LIVESOAK_REDIS_PASSWORD: "word\n" }, { password: "word" }],
])("%s", (text, env, wanted) => {
	expect(parseRedisUrl(text, env)).toMatchObject(wanted);
});

test.each([
	["", none, "--redis is empty."],
	["localhost:6379", none, "--redis is not a redis:// or rediss:// URL."],
	["http://localhost", none, "--redis is not a redis:// or rediss:// URL."],
	["redis://", none, "--redis names no host."],
	["redis://h:0", none, "--redis has port 0, where nothing can listen."],
	["redis://h:70000", none, "--redis is not a redis:// or rediss:// URL."],
	["redis://h/one", none, "--redis has a path that is not the number of a database."],
	["redis://h/1/2", none, "--redis has a path that is not the number of a database."],
	["redis://h?tls=true", none, '--redis has an unknown parameter "tls".'],
	["redis://h?cluster=yes", none, "--redis has a parameter cluster that is not true or false."],
	[
		"redis://h/1?cluster=true",
		none,
		"--redis names database 1, and a Redis Cluster has database 0 only.",
	],
	["redis://h#x", none, "--redis has a fragment (#…)."],
	["redis://us%er:word@h", none, "--redis has a user name with a % that begins no code."],
	["redis://agents@h", none, "--redis names a user, and there is no password."],
	["redis://:other@h", secret, "--redis has a password, and LIVESOAK_REDIS_PASSWORD is set too."],
])("%s is refused", (text, env, message) => {
	expect(() => parseRedisUrl(text, env)).toThrow(expect.objectContaining({ message }));
});

test("an authority without TLS is refused, and the flag is named", () => {
	expect(() => parseRedisUrl("redis://h", none, "--redis", pem)).toThrow("--redis-ca is given");
	expect(parseRedisUrl("rediss://h", none, "--redis", pem).caPem).toBe(pem);
	expect(() => parseRedisUrl("x", none, "--queue")).toThrow("--queue is not");
});

test("the text for messages has neither user nor password, and secrets have all forms of it", () => {
	const address = parseRedisUrl("redis://user:p%3Aword@h:1/2", none);
	expect(address.text).toBe("redis://h:1/2");
	expect(address.secrets).toEqual(["p:word", "p%3Aword"]);
	expect(parseRedisUrl("redis://h", none).secrets).toEqual([]);
});
