import { likelyWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { shown } from "./claim.js";
import type { LintedToken } from "./lint.js";

/** A service that was asked for two participants of one room, and made the same one twice. */
export function sameParticipant([first, second]: readonly LintedToken[]): Finding[] {
	const [one, other] = [first?.token, second?.token];
	if (one === undefined || other === undefined) return [];
	if (one.identity === "" || one.identity !== other.identity || one.room !== other.room) return [];
	return [
		{
			id: "token.service-same-identity",
			...likelyWarning,
			title: `the token service gives two users the same identity "${shown(one.identity)}" in one room`,
			cause:
				"LiveKit has one participant of each identity in a room: the second to join throws the first out.",
			fix: "Make sub differ for every user (and for every device of one user).",
			evidence: ["asked for two different users", `room ${shown(one.room)}`],
		},
	];
}
