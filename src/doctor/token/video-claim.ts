import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { claimOf, isObject, shown } from "./claim.js";
import type { JsonObject } from "./read-token.js";

/** Names under which the grants are found instead, without case, `_` and `-`. */
const misnomers = new Set(
	"grant,grants,videogrant,videogrants,permission,permissions,roomgrant,livekit,claims".split(","),
);

/** The grants of a token, wherever it has them, and what is wrong about the place. */
export function findGrant(claims: JsonObject): { grant?: JsonObject; findings: Finding[] } {
	const video = claimOf(claims, "video");
	if (isObject(video)) return { grant: video, findings: [] };
	// A video that is there and no object is told by claim-types.ts.
	if (video !== undefined && video !== null) return { findings: [] };
	const misplaced = findMisplaced(claims);
	if (misplaced === undefined) return { findings: [missing(claims)] };
	return { grant: misplaced.grant, findings: [misnamed(misplaced.place)] };
}

function findMisplaced(claims: JsonObject): { grant: JsonObject; place: string } | undefined {
	for (const [key, value] of Object.entries(claims)) {
		if (!isObject(value)) continue;
		const inner = claimOf(value, "video");
		if (isObject(inner)) return { grant: inner, place: `inside "${shown(key)}"` };
		if (misnomers.has(key.toLowerCase().replace(/[_-]/g, "")) || looksLikeGrant(value))
			return { grant: value, place: `in a claim named "${shown(key)}"` };
	}
	return looksLikeGrant(claims) ? { grant: claims, place: "outside of any claim" } : undefined;
}

function looksLikeGrant(value: JsonObject): boolean {
	return Object.keys(value).some((key) => /^room_?join$/i.test(key));
}

function misnamed(place: string): Finding {
	return {
		id: "token.video-misnamed",
		...provenFault,
		title: `the token has its grants ${place}; LiveKit reads them from the claim "video"`,
		cause: 'For the server the token grants nothing: it answers 401 "permissions denied".',
		fix: 'Put the same fields into a claim named video: {"video": {"roomJoin": true, "room": "NAME"}}.',
		evidence: [],
	};
}

function missing(claims: JsonObject): Finding {
	const names = Object.keys(claims).map(shown).slice(0, 12).join(", ");
	return {
		id: "token.video-missing",
		...provenFault,
		title: 'the token has no claim "video", so it grants nothing',
		cause: 'The server answers 401 "permissions denied" to a token without grants.',
		fix: 'Add the claim: {"video": {"roomJoin": true, "room": "NAME"}}, or addGrant(…) of a LiveKit SDK.',
		evidence: [names === "" ? "claims: none" : `claims: ${names}`],
	};
}
