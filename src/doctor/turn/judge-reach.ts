import type { TurnConnectError } from "../../turn/connect-error.js";
import { likelyFault, provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { Allocation } from "./allocate.js";
import { endpointOf, type ServerClaim, type WireTransport } from "./claims.js";
import { type Judgement, nameOf } from "./judgement.js";

export interface Unanswered {
	readonly claim: ServerClaim;
	readonly allocation: Extract<Allocation, { kind: "lost" | "silent" }>;
	/** It answers Binding requests on the same transport. */
	readonly answersStun: boolean;
	/** Transports over which TURN does answer at the same host. */
	readonly elsewhere: readonly WireTransport[];
}

const noRelay = "Whoever needs this relay gets no candidate from it, and hears nothing.";

const unreachableIds = {
	udp: "turn.udp-unreachable",
	tcp: "turn.tcp-unreachable",
	tls: "turn.tls-unreachable",
} as const;

const certificates: Readonly<
	Record<string, readonly [id: Finding["id"], what: string, fix: string]>
> = {
	CERT_HAS_EXPIRED: [
		"turn.certificate-expired",
		"has expired",
		"Renew the certificate at `cert=`/`pkey=` and restart the TURN server, which reads it only then.",
	],
	CERT_NOT_YET_VALID: [
		"turn.certificate-not-yet-valid",
		"is not valid yet",
		"Set this machine's clock, or use a certificate that is valid today.",
	],
	ERR_TLS_CERT_ALTNAME_INVALID: [
		"turn.certificate-name",
		"is for another name",
		"Hand out the name that stands in the certificate, or have one issued for this name.",
	],
};

const untrusted =
	/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED)/;
const noTls = /^(ERR_SSL_|EPROTO|ECONNRESET$)/;

/** Why a TURN server gave no answer to Allocate. */
export function judgeReach(one: Unanswered): Judgement {
	const { claim, allocation, answersStun } = one;
	if (answersStun) return stunOnly(claim);
	if (allocation.kind === "silent") return silent(one);
	const { error } = allocation;
	if (claim.transport === "tls") {
		const fault = tlsFault(claim, error);
		if (fault !== undefined) return fault;
	}
	if (error.code === "NOT_TURN") return notTurn(claim, error);
	return refused(one, error);
}

function stunOnly(claim: ServerClaim): Judgement {
	return {
		...{ ...provenFault, id: "turn.stun-only" },
		title: `${nameOf(claim)} answers STUN, but no TURN request`,
		cause: `It is a STUN server, or its TURN part is switched off. ${noRelay}`,
		fix: "Take `stun-only` out of turnserver.conf, or hand out the address of a TURN server.",
	};
}

/** Nothing came back at all: a firewall drops, or the address is nobody's. */
function silent(one: Unanswered): Judgement {
	const { claim, elsewhere } = one;
	const { transport, port } = claim;
	const wire = transport === "tls" ? "TCP" : transport.toUpperCase();
	if (elsewhere.length > 0)
		return {
			...{ ...likelyFault, id: unreachableIds[transport] },
			title: `${nameOf(claim)} does not answer, though it does over ${list(elsewhere)}`,
			cause: `Something between drops ${wire} to port ${port}: a firewall, a security group, or a network without ${wire}. ${others(elsewhere)}`,
			fix: `Open ${wire} port ${port} to the TURN server. Hand out ${list(elsewhere)} as well, for networks where ${wire} stays closed.`,
		};
	return {
		...{ ...likelyFault, id: "turn.no-answer" },
		title: `${nameOf(claim)} does not answer`,
		cause: `Its port is closed by a firewall, or the address is wrong. ${noRelay}`,
		fix: `See that the TURN server runs at ${endpointOf(claim)}, and open ${wire} port ${port} to it.`,
	};
}

/** Somebody answered that nobody is there, or hung up. */
function refused(one: Unanswered, error: TurnConnectError): Judgement {
	const { claim, elsewhere } = one;
	const { transport, port } = claim;
	const wire = transport === "tls" ? "TCP" : transport.toUpperCase();
	const how = error.code === "ECONNREFUSED" ? "refused" : error.code;
	if (elsewhere.length > 0)
		return {
			...{ ...provenFault, id: unreachableIds[transport] },
			title: `${nameOf(claim)} is not there (${how}), though TURN answers over ${list(elsewhere)}`,
			cause: `The server does not listen for ${transport.toUpperCase()} at port ${port}. ${others(elsewhere)}`,
			fix: missingListener(claim),
		};
	return {
		...{ ...provenFault, id: error.code === "ECONNREFUSED" ? "turn.refused" : "turn.unreachable" },
		title: `${nameOf(claim)} cannot be reached (${how})`,
		cause: `${error.code === "ECONNREFUSED" ? `Nobody listens at ${wire} port ${port}.` : "The connection did not come about, or broke."} ${noRelay}`,
		fix: `Start the TURN server, or hand out the port that it listens at (\`listening-port\`, \`tls-listening-port\`).`,
	};
}

function missingListener({ transport, port }: ServerClaim): string {
	if (transport === "tls")
		return `Give turnserver.conf \`cert\`, \`pkey\` and \`tls-listening-port=${port}\`, take \`no-tls\` out and restart it; coturn opens no TLS port without a certificate. Or take the turns: URI off the list.`;
	return `Take \`no-${transport}\` out of turnserver.conf and see that its listening-port is ${port}; or take this URI off the list.`;
}

function tlsFault(claim: ServerClaim, error: TurnConnectError): Judgement | undefined {
	const { code } = error;
	const named = certificates[code];
	if (named !== undefined || untrusted.test(code)) {
		const [id, what, fix] = named ?? [
			"turn.certificate-untrusted",
			"is not signed by a CA that clients trust",
			"Use a certificate of a public CA and send its whole chain (fullchain.pem): browsers accept no other for TURN. A private CA is told to this check with --ca.",
		];
		return {
			...{ ...provenFault, id },
			title: `the certificate of ${nameOf(claim)} ${what} (${code})`,
			cause: `Clients refuse the connection without a word to the user. ${noRelay}`,
			fix,
		};
	}
	if (!noTls.test(code)) return undefined;
	return {
		...{ ...provenFault, id: "turn.no-tls" },
		title: `${nameOf(claim)} does not complete a TLS handshake (${code})`,
		cause: `The port speaks something else, or the TLS part has no usable certificate. ${noRelay}`,
		fix: `Hand out turns: with the TLS port (\`tls-listening-port\`, 5349 by default), and see that \`cert\` and \`pkey\` can be read by the TURN server's user.`,
	};
}

function notTurn(claim: ServerClaim, error: TurnConnectError): Judgement {
	return {
		...{ ...provenFault, id: "turn.not-turn" },
		title: `at ${endpointOf(claim)} over ${claim.transport.toUpperCase()} something other than TURN answers`,
		cause: `Another service, or a proxy that does not pass TURN on, has the port. ${noRelay}`,
		fix: "Hand out the TURN server's own port; a proxy before it must pass the bytes on as they are (layer 4).",
		evidence: [error.message],
	};
}

function others(elsewhere: readonly WireTransport[]): string {
	return `Only clients that also have an entry for ${list(elsewhere)} get a relay from it.`;
}

function list(transports: readonly WireTransport[]): string {
	return transports.map((transport) => transport.toUpperCase()).join(" and ");
}
