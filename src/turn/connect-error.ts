/** A connection to a TURN server that failed: Node's code and a sentence that names the fault. */
export interface TurnConnectError {
	/** For example CERT_HAS_EXPIRED, SELF_SIGNED_CERT_IN_CHAIN, ERR_TLS_CERT_ALTNAME_INVALID, ECONNREFUSED. */
	readonly code: string;
	readonly message: string;
	/** As a cause of `participant/failure.ts`: its certificate or TLS, or anything else. */
	readonly cause: "turn-tls" | "turn-unreachable";
}

/** The far end, as messages name it. */
export interface NamedTurnServer {
	readonly host: string;
	readonly port: number;
	readonly transport: "udp" | "tcp" | "tls";
}

const unknownCa = "its certificate is signed by an unknown CA (give the right one with --turn-ca)";
const noTls = "the port does not speak TLS";

const lostWords: Readonly<Record<string, string>> = {
	ECONNRESET: "it reset the connection",
	ECONNREFUSED: "it no longer listens at its port",
	EHOSTUNREACH: "there is no longer a route to it",
	ENETUNREACH: "there is no longer a route to it",
};

const wordsByCode: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: "its certificate has expired",
	CERT_NOT_YET_VALID: "its certificate is not valid yet",
	CERT_REVOKED: "its certificate is revoked",
	DEPTH_ZERO_SELF_SIGNED_CERT:
		"its certificate is self-signed (give it with --turn-ca to trust it)",
	SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
	UNABLE_TO_GET_ISSUER_CERT: unknownCa,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
	CERT_SIGNATURE_FAILURE: unknownCa,
	ERR_SSL_WRONG_VERSION_NUMBER: noTls,
	ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
	ECONNREFUSED: "the connection is refused",
	ENOTFOUND: "its host name is not known",
	EAI_AGAIN: "its host name cannot be looked up just now",
	ETIMEDOUT: "it does not answer",
	EHOSTUNREACH: "there is no route to it",
	ENETUNREACH: "there is no route to it",
};

/** Codes that say the server is not there, whatever is spoken to it. */
const unreachableCodes: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
]);

/** Why a connection did not come about. */
export function turnConnectError(
	error: Error & { code?: string },
	server: NamedTurnServer,
): TurnConnectError {
	const code = error.code ?? "UNKNOWN";
	const isTls = server.transport === "tls" && !unreachableCodes.has(code);
	const cause = isTls ? "turn-tls" : "turn-unreachable";
	return { ...named(code, wordsFor(code, error, server), server), cause };
}

/** Why a connection that had come about was lost; without an error the server closed it. */
export function turnConnectionLost(
	error: (Error & { code?: string }) | undefined,
	server: NamedTurnServer,
): TurnConnectError {
	if (error === undefined) return named("CLOSED", "it closed the connection", server);
	const code = error.code ?? "UNKNOWN";
	return named(code, lostWords[code] ?? error.message, server);
}

/** What came from it is no TURN. @param found what was found instead */
export function turnGarbage(found: string, server: NamedTurnServer): TurnConnectError {
	return named("NOT_TURN", `it does not speak TURN: it sent ${found}`, server);
}

function wordsFor(code: string, error: Error, { transport }: NamedTurnServer): string {
	// UDP knows no connection: the refusal is an ICMP message that the port is unreachable (RFC 1122, 3.2.2.1).
	if (code === "ECONNREFUSED" && transport === "udp") return "nobody listens at its port";
	// Node's own sentence names the host and the names in the certificate.
	if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
		return `its certificate is for another host name: ${error.message}`;
	if (code === "ECONNRESET")
		return `it closed the connection ${transport === "tls" ? "in the TLS handshake" : "at once"}`;
	return wordsByCode[code] ?? error.message;
}

function named(code: string, words: string, server: NamedTurnServer): TurnConnectError {
	const { host, port, transport } = server;
	const where = `${host}:${port} over ${transport.toUpperCase()}`;
	const message = `TURN server ${where}: ${words} (${code})`;
	return { code, message, cause: "turn-unreachable" };
}
