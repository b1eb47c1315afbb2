import { duration } from "./duration.js";
import { mapping } from "./mapping.js";

/** When waiting becomes a failure. */
export const timeouts = mapping({
	connect: duration("From the start of a join until media flows.").prefault("25s"),
	leave: duration("For a polite leave.").prefault("5s"),
})
	.transform(({ connect, leave }) => ({ connectMs: connect, leaveMs: leave }))
	.prefault({})
	.describe("When waiting becomes a failure.");

/** Access tokens. LiveKit reads their expiry in whole seconds. */
export const token = mapping({
	ttl: duration("How long an access token is valid.", 1000).prefault("10m"),
})
	.transform(({ ttl }) => ({ ttlMs: ttl }))
	.prefault({})
	.describe("Access tokens.");
