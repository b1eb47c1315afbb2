import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { claimOf, isObject, kindOf } from "./claim.js";
import type { JsonObject } from "./read-token.js";

type Type = "text" | "true or false" | "list of texts" | "object" | "number of seconds";

/** RegisteredClaims of golang-jwt and ClaimGrants of livekit/protocol auth/grants.go (1.50). */
const topLevel: Readonly<Record<string, Type>> = {
	...{ iss: "text", sub: "text", jti: "text" },
	...{ exp: "number of seconds", nbf: "number of seconds", iat: "number of seconds" },
	...{ name: "text", metadata: "text", kind: "text", sha256: "text", roomPreset: "text" },
	...{ attributes: "object", video: "object" },
};

/** VideoGrant of the same file. */
export const grantTypes: Readonly<Record<string, Type>> = {
	...{ room: "text", destinationRoom: "text", canPublishSources: "list of texts" },
	...{ roomJoin: "true or false", roomCreate: "true or false", roomList: "true or false" },
	...{ roomRecord: "true or false", roomAdmin: "true or false", ingressAdmin: "true or false" },
	...{ canPublish: "true or false", canSubscribe: "true or false" },
	...{ canPublishData: "true or false", canUpdateOwnMetadata: "true or false" },
	...{ canSubscribeMetrics: "true or false", canManageAgentSession: "true or false" },
	...{ hidden: "true or false", recorder: "true or false", agent: "true or false" },
};

/** Values of a type that the server cannot decode: one of them, and it refuses the whole token. */
export function lintClaimTypes(claims: JsonObject, grant: JsonObject | undefined): Finding[] {
	return [
		...wrongTypes(claims, topLevel, ""),
		...(grant === undefined ? [] : wrongTypes(grant, grantTypes, "video.")),
	].map(({ name, value, type }) =>
		name === "video.room" && Array.isArray(value)
			? roomIsList(value)
			: wrongType(name, value, type),
	);
}

function wrongTypes(object: JsonObject, types: Readonly<Record<string, Type>>, prefix: string) {
	return Object.entries(types).flatMap(([key, type]) => {
		const value = claimOf(object, key);
		return fits(value, type) ? [] : [{ name: `${prefix}${key}`, value, type }];
	});
}

function fits(value: unknown, type: Type): boolean {
	if (value === undefined || value === null) return true;
	switch (type) {
		case "text":
			return typeof value === "string";
		case "true or false":
			return typeof value === "boolean";
		case "list of texts":
			return Array.isArray(value) && value.every((each) => typeof each === "string");
		case "object":
			return isObject(value);
		case "number of seconds":
			// Go's json.Number takes a number in quotes too.
			return typeof value === "number" || (typeof value === "string" && isNumber(value));
	}
}

function isNumber(text: string): boolean {
	return text === "" || /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}

function wrongType(name: string, value: unknown, type: Type): Finding {
	return {
		id: "token.wrong-type",
		...provenFault,
		title: `the token's ${name} is ${kindOf(value)}; LiveKit reads a ${type} there`,
		cause:
			"One value of a wrong type, and the server cannot decode the token at all: it answers 401.",
		fix: `${fixes[type](name)}`,
		evidence: [],
	};
}

const fixes: Readonly<Record<Type, (name: string) => string>> = {
	text: (name) =>
		`Write ${name} as a text, in quotes (an object goes through JSON.stringify first).`,
	"true or false": (name) => `Write ${name} as true or false, without quotes.`,
	"list of texts": (name) => `Write ${name} as a list, such as ["microphone"].`,
	object: (name) => `Write ${name} as an object, such as "${name}": { … }.`,
	"number of seconds": (name) => `Write ${name} as a number: seconds since 1970-01-01 UTC.`,
};

function roomIsList(rooms: readonly unknown[]): Finding {
	return {
		id: "token.room-is-list",
		...provenFault,
		title: `the token's video.room is a list of ${rooms.length} rooms; a token is for one room`,
		cause: "The server cannot decode a list where the room's name belongs: it answers 401.",
		fix: 'Write the name of one room as a text, "room": "NAME", and make a token for each room.',
		evidence: [],
	};
}
