import { provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { HttpAnswer } from "./http-answer.js";

/** livekit-server takes a token so long before and after its times (protocol/auth/verifier.go, tokenLeeway). */
const leewayMs = 60_000;

/**
 * The server's clock minus ours, by its Date header (RFC 9110, section 6.6.1), which has whole seconds: right to half
 * a second and half a round trip. Undefined where there is no such header.
 */
export function clockOffsetMs({ headers, sentMs, receivedMs }: HttpAnswer): number | undefined {
	const dateMs = Date.parse(headers.date ?? "");
	if (!Number.isFinite(dateMs)) return undefined;
	return Math.round(dateMs + 500 - (sentMs + receivedMs) / 2);
}

/** Clocks that are further apart than the server's patience with tokens. */
export function clockFinding(offsetMs: number): Finding | undefined {
	if (Math.abs(offsetMs) <= leewayMs) return undefined;
	const apart = `${Math.round(Math.abs(offsetMs) / 1000)} s`;
	const way = offsetMs > 0 ? "ahead of" : "behind";
	const effect =
		offsetMs > 0
			? "short-lived tokens and TURN credentials made here are expired there"
			: "tokens made here with a start time (nbf) are not valid yet there";
	return {
		...provenWarning,
		id: "http.clock-skew",
		title: `the server's clock is ${apart} ${way} this machine's`,
		cause: `LiveKit allows 60 s of difference: ${effect}.`,
		fix: "Set both clocks by NTP (timedatectl set-ntp true), also inside virtual machines that were suspended.",
		evidence: [`Date header against this machine's clock: ${(offsetMs / 1000).toFixed(1)} s`],
	};
}
