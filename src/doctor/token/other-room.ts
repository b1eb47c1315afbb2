import { possibleWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { shown } from "./claim.js";
import type { LintedToken } from "./lint.js";

/**
 * A service that was asked for two participants of one room, and let each into another one. Right where every user
 * has a room of their own by intent (with an agent in it), so only possibly wrong.
 */
export function otherRoom([first, second]: readonly LintedToken[]): Finding[] {
	const [one, other] = [first?.token?.room ?? "", second?.token?.room ?? ""];
	if (one === "" || other === "" || one === other) return [];
	return [
		{
			id: "token.service-other-room",
			...possibleWarning,
			title: `asked for two users of one room, the token service lets them into two: ${shown(one)} and ${shown(other)}`,
			cause: "Who is in another room is not heard, though everything else works.",
			fix: "Put the room that was asked for into video.room of every token. If each user has a room of their own by intent, nothing is wrong.",
			evidence: ["asked twice, with the same room"],
		},
	];
}
