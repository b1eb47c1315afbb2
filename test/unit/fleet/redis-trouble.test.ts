import { expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { parseRedisUrl } from "../../../src/fleet/redis/address.js";
import { isOutOfMemory, redisTrouble } from "../../../src/fleet/redis/trouble.js";

const address = parseRedisUrl("rediss://agents:long-password@redis.test:6380", {});

test.each([
	[
		"WRONGPASS invalid username-password pair or user is disabled.",
		"refuses the password of user agents",
		2,
	],
	["NOAUTH Authentication required.", "asks for a password", 2],
	[
		"NOPERM this user has no permissions to run the 'incr' command",
		"does not permit user agents",
		2,
	],
	[
		"ERR The user executing the script can't run this command or subcommand script: 1f",
		"does not permit user agents",
		2,
	],
	["OOM command not allowed when used memory > 'maxmemory'.", "is out of memory", 1],
	[
		"MISCONF Errors writing to the AOF file: No space left on device",
		"cannot write to its disk",
		1,
	],
	["READONLY You can't write against a read only replica.", "is a replica", 1],
	["MOVED 3999 127.0.0.1:6381", "is a node of a Redis Cluster", 2],
	["ERR This instance has cluster support disabled", "is no Redis Cluster", 2],
	["self-signed certificate in certificate chain", "signed by nobody we trust", 2],
	["certificate has expired", "has expired", 1],
	["connect ECONNREFUSED 127.0.0.1:6379", "Nothing listens", 1],
	["getaddrinfo ENOTFOUND redis.test", "has no address", 1],
	["Command timed out", "does not answer", 1],
	["Stream isn't writeable and enableOfflineQueue options is false", "is broken", 1],
	["Connection is closed.", "is broken", 1],
	["ERR something else", "refuses: ERR something else", 1],
])("%s", (said, sentence, exitCode) => {
	const error = redisTrouble(address, new Error(said));
	expect(error).toMatchObject({ message: expect.stringContaining(sentence), exitCode });
	expect(error.message).toContain("rediss://redis.test:6380");
	expect(error.message).not.toContain("long-password");
});

test("what a client quotes of the password is taken out", () => {
	const error = redisTrouble(address, new Error("ERR unknown command 'long-password'"));
	expect(error.message).toBe(
		"Redis at rediss://redis.test:6380 refuses: ERR unknown command '***'",
	);
});

test("the cause within is what counts: a cluster's last error, the errors of all addresses of a host", () => {
	const last = Object.assign(new Error("Failed to refresh slots cache."), {
		lastNodeError: new Error("connect ECONNREFUSED 127.0.0.1:1"),
	});
	expect(redisTrouble(address, last).message).toContain("Nothing listens");
	const all = new AggregateError([new Error("connect ETIMEDOUT 10.0.0.1:6379")]);
	expect(redisTrouble(address, all).message).toContain("does not answer");
});

test("what is a sentence already stays as it is", () => {
	const error = new UserError({ message: "It is so." });
	expect(redisTrouble(address, error)).toBe(error);
});

test("out of memory is told from the rest", () => {
	expect(isOutOfMemory(new Error("OOM command not allowed"))).toBe(true);
	expect(isOutOfMemory(new Error("ERR no ROOM"))).toBe(false);
});
