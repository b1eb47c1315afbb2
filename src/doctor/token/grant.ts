import { nearest } from "../../error/nearest.js";
import { likelyFault, likelyWarning, provenFault, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { claimOf, kindOf, shown } from "./claim.js";
import { grantTypes } from "./claim-types.js";
import type { JsonObject } from "./read-token.js";

/** What the server makes of the fields of `video` (livekit/protocol auth/grants.go): rights to join, speak and hear. */
export function lintGrant(written: JsonObject): Finding[] {
	const snakes = Object.keys(written).filter((key) => snakeCased(key, written) !== undefined);
	const grant = withoutSnakes(written, snakes);
	return [
		...(snakes.length === 0 ? [] : [snakeCase(snakes, written)]),
		...joining(grant),
		...speaking(grant),
		...(claimOf(grant, "canSubscribe") === false ? [cannotSubscribe] : []),
		...(claimOf(grant, "hidden") === true ? [hidden] : []),
		...(claimOf(grant, "recorder") === true ? [recorder] : []),
	];
}

/** The field that a name with underscores means, unless that field is there too. */
function snakeCased(key: string, grant: JsonObject): string | undefined {
	if (!key.includes("_")) return undefined;
	const camel = key.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
	return Object.hasOwn(grantTypes, camel) && claimOf(grant, camel) === undefined
		? camel
		: undefined;
}

/** As it was meant: told once, and not as a missing field again. */
function withoutSnakes(grant: JsonObject, snakes: readonly string[]): JsonObject {
	const meant = snakes.map((key) => [snakeCased(key, grant) ?? key, grant[key]]);
	return { ...grant, ...Object.fromEntries(meant) };
}

function snakeCase(snakes: readonly string[], grant: JsonObject): Finding {
	const pairs = snakes.map((key) => `${key} → ${snakeCased(key, grant)}`).join(", ");
	const joins = snakes.some((key) => snakeCased(key, grant) === "roomJoin");
	return {
		id: "token.snake-case",
		...(joins ? provenFault : provenWarning),
		title: `the token writes ${snakes.map(shown).join(", ")} with underscores; LiveKit reads camelCase`,
		cause: joins
			? "The server does not know the field, so the right to join is missing: it answers 401."
			: "The server does not know the field and goes by its default, which allows.",
		fix: `Rename inside video: ${pairs}.`,
		evidence: [],
	};
}

function joining(grant: JsonObject): Finding[] {
	const join = claimOf(grant, "roomJoin");
	const room = claimOf(grant, "room");
	// A wrong type is told by claim-types.ts.
	const joinMissing = join === undefined || join === null || join === false;
	const roomMissing = room === undefined || room === null || room === "";
	return [
		...(joinMissing ? [roomJoinMissing(grant, join)] : []),
		...(roomMissing ? [roomEmpty(grant)] : []),
	];
}

function roomJoinMissing(grant: JsonObject, join: unknown): Finding {
	const meant = nearest("roomJoin", Object.keys(grant));
	const others = ["roomList", "roomAdmin", "roomCreate"].filter(
		(key) => claimOf(grant, key) === true,
	);
	return {
		id: "token.room-join-missing",
		...provenFault,
		title: `the token does not let anybody join: video.roomJoin is ${join === false ? "false" : "missing"}`,
		cause: `The server answers 401 "permissions denied".${
			others.length === 0 ? "" : ` ${others.join(" and ")} alone gives no right to join.`
		}`,
		fix: `Set roomJoin: true in video${meant === undefined ? "" : ` (it has "${shown(meant)}")`}.`,
		evidence: [],
	};
}

function roomEmpty(grant: JsonObject): Finding {
	const near = Object.keys(grant).find(
		(key) => /^(rooms?_?(name|id)?|name)$/i.test(key) && key !== "room",
	);
	return {
		id: "token.room-missing",
		...provenFault,
		title: `the token names no room: video.room is ${claimOf(grant, "room") === "" ? "empty" : "missing"}`,
		cause: "A LiveKit server takes the room from the token alone; without one it answers 400.",
		fix: `Set room: "NAME" in video${near === undefined ? "" : ` (it has "${near}" instead)`}.`,
		evidence: [],
	};
}

function speaking(grant: JsonObject): Finding[] {
	if (claimOf(grant, "canPublish") === false) return [cannotPublish];
	const sources = claimOf(grant, "canPublishSources");
	if (!Array.isArray(sources) || sources.length === 0 || sources.includes("microphone")) return [];
	return [
		{
			id: "token.microphone-not-allowed",
			...provenFault,
			title: `the token's canPublishSources has ${sources.map(kindOf).join(", ")} and not "microphone"`,
			cause:
				"Only the sources of that list may be published, spelled just so: the microphone is refused.",
			fix: 'Add "microphone" (in lower case) to canPublishSources, or leave the list out.',
			evidence: [],
		},
	];
}

const cannotPublish: Finding = {
	id: "token.cannot-publish",
	...provenFault,
	title: "the token forbids speaking: video.canPublish is false",
	cause: "The server lets the participant in and refuses its microphone.",
	fix: "Set canPublish: true, or leave it out (absent means allowed), for whoever is to be heard.",
	evidence: [],
};

const cannotSubscribe: Finding = {
	id: "token.cannot-subscribe",
	...provenFault,
	title: "the token forbids listening: video.canSubscribe is false",
	cause: "The server lets the participant in and sends it nobody's audio.",
	fix: "Set canSubscribe: true, or leave it out (absent means allowed), for whoever is to hear.",
	evidence: [],
};

const hidden: Finding = {
	id: "token.hidden",
	...likelyFault,
	title: "the token hides its participant: video.hidden is true",
	cause:
		"The others are never told of a hidden participant, so their clients do not play its audio.",
	fix: "Leave hidden out, except for a silent observer.",
	evidence: [],
};

const recorder: Finding = {
	id: "token.recorder",
	...likelyWarning,
	title: "the token marks its participant as a recorder: video.recorder is true",
	cause:
		"The room counts as being recorded while it is there, and clients may leave it out of the list of speakers.",
	fix: "Leave recorder out, except for a recorder.",
	evidence: [],
};
