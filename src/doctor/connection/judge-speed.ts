import type { Finding } from "../finding.js";
import { attemptLine } from "./attempt-lines.js";
import { type Attempts, attemptNames } from "./attempts.js";
import { badFromMs, longestStage } from "./connect-class.js";

/** Where the time usually goes, by the stage that took it. */
const reasons: Readonly<Record<string, string>> = {
	socket: "DNS, TCP, TLS or the WebSocket upgrade is slow: look at the proxy before the server.",
	joined:
		"The server takes long to answer with its JoinResponse: it is overloaded, or far from its Redis.",
	gathered:
		"Candidates come late: STUN or TURN servers that do not answer, or many network interfaces.",
	ice: "Candidates that do not answer are tried before the one that does.",
	dtls: "The connection is checked or shaken hands on for long: candidates that do not answer, or lost packets.",
};

/** Joins that came about after more than 5 s; what is merely slow (2 to 5 s) stands in the lines. */
export function judgeSpeed(attempts: Attempts): Finding[] {
	const bad = attemptNames.flatMap((name) => {
		const attempt = attempts[name];
		return attempt?.connectMs !== undefined && attempt.connectMs >= badFromMs
			? [{ name, attempt, connectMs: attempt.connectMs }]
			: [];
	});
	const [first] = bad;
	if (!first) return [];
	const longest = longestStage(first.attempt);
	const where = longest
		? `, ${(longest.tookMs / 1000).toFixed(1)} s of it at ${longest.stage}`
		: "";
	return [
		{
			...{ id: "connection.slow", severity: "warning", confidence: "proven" },
			title: `connecting (${first.name}) takes ${(first.connectMs / 1000).toFixed(1)} s${where}`,
			cause: reasons[longest?.stage ?? ""] ?? "Something on the way takes long.",
			fix: "Under 2 s is good. Take what does not answer out of what clients get: dead STUN and TURN servers, and addresses that the server offers and is not at.",
			evidence: bad.map(({ name, attempt }) => attemptLine(name, attempt)),
		},
	];
}
