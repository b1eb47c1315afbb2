import { createHmac } from "node:crypto";
import type { TurnCredentials } from "../../ice/turn-credentials.js";
import { likelyFault, possibleFault, provenFault } from "../certainty.js";
import { expiryOf } from "../ice-servers/credentials.js";
import { endpointOf, type ServerClaim } from "./claims.js";
import type { Judgement } from "./judgement.js";

/** What is known beside the server's 401, which says only that user name and password do not fit. */
export interface CredentialFacts {
	readonly claim: ServerClaim;
	readonly credentials: TurnCredentials;
	/** As the server's challenge names it. */
	readonly realm: string | undefined;
	/** Ours, epoch milliseconds. */
	readonly nowMs: number;
	/** LiveKit's clock minus ours; a TURN server does not tell its own. */
	readonly clockOffsetMs: number | undefined;
	readonly settings: TurnSettings | undefined;
}

/** What the turnserver.conf that was given says about credentials. */
export interface TurnSettings {
	/** As the user named it. */
	readonly fileName: string;
	readonly realm?: string;
	/** Each `static-auth-secret`. */
	readonly secrets: readonly string[];
	/** `use-auth-secret`: REST credentials are wanted. */
	readonly isRest: boolean;
}

/** A clock that is off by less does no harm to credentials of usual lifetime. */
const harmlessSkewMs = 60_000;
const noRelay =
	"It answers 401 and gives no relay candidate: whoever needs the relay hears nothing.";

/**
 * Why a TURN server refuses credentials. The server only says 401 for a wrong secret, a wrong realm, a user name
 * whose time is over and a user that it does not know, so this goes by what else is known, the surest first.
 */
export function judgeCredentials(facts: CredentialFacts): Judgement {
	const { settings, realm, credentials, nowMs, clockOffsetMs = 0 } = facts;
	const expiryMs = expiryOf(credentials.username);
	const leftMs = expiryMs === undefined ? undefined : expiryMs - nowMs;
	if (leftMs !== undefined && leftMs <= 0) return expired(facts, -leftMs);
	if (leftMs !== undefined && leftMs - clockOffsetMs <= 0) return skewed(facts, clockOffsetMs);
	if (settings?.realm !== undefined && realm !== undefined && settings.realm !== realm)
		return otherRealm(facts, settings.realm, realm, settings.fileName);
	if (settings?.isRest && expiryMs === undefined) return notRest(facts, settings.fileName);
	if (settings !== undefined && settings.secrets.length > 0 && expiryMs !== undefined) {
		if (!settings.secrets.some((secret) => isSignedBy(secret, credentials)))
			return otherSecret(facts, `static-auth-secret in ${settings.fileName}`);
		return runsOtherwise(facts, settings.fileName);
	}
	if (expiryMs !== undefined) return otherSecret(facts, undefined);
	return rejected(facts);
}

function expired({ claim }: CredentialFacts, agoMs: number): Judgement {
	return {
		...{ ...provenFault, id: "turn.credentials-expired" },
		title: `TURN ${endpointOf(claim)} rejects the credentials: they ran out ${duration(agoMs)} ago`,
		cause: `The user name of TURN REST credentials carries the time at which they end. ${noRelay}`,
		fix: `Hand out fresh credentials for every join instead of keeping them, with a lifetime longer than a call. These came from ${sourceOf(claim)}.`,
	};
}

function skewed({ claim }: CredentialFacts, offsetMs: number): Judgement {
	return {
		...{ ...likelyFault, id: "turn.clock-skew" },
		title: `TURN ${endpointOf(claim)} rejects the credentials: by the server's clock they have run out, clocks differ by ${duration(Math.abs(offsetMs))}`,
		cause: `The machine that makes the credentials and the one that checks them do not agree on the time. ${noRelay}`,
		fix: "Set both clocks by NTP (chrony, systemd-timesyncd), and give credentials a lifetime of hours.",
	};
}

function otherRealm(
	{ claim }: CredentialFacts,
	expected: string,
	realm: string,
	fileName: string,
): Judgement {
	return {
		...{ ...provenFault, id: "turn.wrong-realm" },
		title: `TURN ${endpointOf(claim)} rejects the credentials: realm \`${realm}\` ≠ \`${expected}\``,
		cause: `The running server names the realm \`${realm}\`; ${fileName} says \`${expected}\`. Users and secrets belong to one realm. ${noRelay}`,
		fix: `Set \`realm=${expected}\` in the configuration that the TURN server really runs with and restart it, or make the credentials for the realm \`${realm}\`.`,
	};
}

function notRest({ claim }: CredentialFacts, fileName: string): Judgement {
	return {
		...{ ...provenFault, id: "turn.credentials-kind" },
		title: `TURN ${endpointOf(claim)} rejects the credentials: it wants TURN REST ones, and the user name has no expiry`,
		cause: `${fileName} has \`use-auth-secret\`: user names are \`<unix expiry>:<name>\`, passwords base64(HMAC-SHA1(secret, user name)). ${noRelay}`,
		fix: "Make the credentials from static-auth-secret, or use `lt-cred-mech` with `user=` in turnserver.conf instead.",
	};
}

function otherSecret(
	{ claim, clockOffsetMs }: CredentialFacts,
	proof: string | undefined,
): Judgement {
	const isProven = proof !== undefined;
	return {
		...{ ...(isProven ? provenFault : likelyFault), id: "turn.wrong-secret" },
		title: isProven
			? `TURN ${endpointOf(claim)} rejects the credentials: they were not made with its ${proof}`
			: `TURN ${endpointOf(claim)} rejects the credentials: they were made with another secret than its static-auth-secret`,
		cause: `The password is not the one that the TURN server computes for this user name. ${noRelay}`,
		fix: `Use one secret on both sides: as \`static-auth-secret\` in turnserver.conf, and for ${sourceOf(claim)}. Restart the TURN server after a change.${isProven || isClockKnown(clockOffsetMs) ? "" : " If they are the same, compare the TURN server's clock with this one's."}`,
	};
}

/** By the file all is right, so the running server does not go by the file. */
function runsOtherwise({ claim, realm }: CredentialFacts, fileName: string): Judgement {
	return {
		...{ ...likelyFault, id: "turn.other-config" },
		title: `TURN ${endpointOf(claim)} rejects credentials that are right by ${fileName}`,
		cause: `The running server has another secret than the file, does not use it (\`use-auth-secret\`), or its clock is ahead of ours. ${noRelay}`,
		fix: `Restart the TURN server with this file (\`turnserver -c ${fileName}\`), see that no user database overrides the realm \`${realm ?? ""}\`, and compare the clocks.`,
	};
}

function rejected({ claim, realm }: CredentialFacts): Judgement {
	return {
		...{ ...possibleFault, id: "turn.credentials-rejected" },
		title: `TURN ${endpointOf(claim)} rejects user name and password (401, realm \`${realm ?? ""}\`)`,
		cause: `It does not know the user in this realm, or the password is another one; a server with a shared secret takes only user names that begin with their expiry. ${noRelay}`,
		fix: `Compare user, password and realm with \`user=\` and \`realm=\` in turnserver.conf (or the user database); with \`use-auth-secret\`, make the credentials from its secret. These came from ${sourceOf(claim)}.`,
	};
}

/** base64(HMAC-SHA1(secret, user name)), as coturn computes it. */
function isSignedBy(secret: string, { username, password }: TurnCredentials): boolean {
	return createHmac("sha1", secret).update(username).digest("base64") === password;
}

function isClockKnown(offsetMs: number | undefined): boolean {
	return offsetMs !== undefined && Math.abs(offsetMs) < harmlessSkewMs;
}

/** Where the credentials come from. */
function sourceOf({ from }: ServerClaim): string {
	if (from === "server") return "LiveKit (`rtc.turn_servers` in livekit.yaml)";
	return from === "service"
		? "the credential service (--turn-url)"
		: "--turn-secret, or --turn-password";
}

function duration(ms: number): string {
	const seconds = Math.ceil(ms / 1_000);
	if (seconds < 120) return `${seconds} s`;
	if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
	if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
	return `${Math.round(seconds / 86_400)} days`;
}
