/** A TLS connection to a TURN server that failed: Node's code and a sentence that names the fault. */
export interface TurnTlsError {
	/** For example CERT_HAS_EXPIRED, SELF_SIGNED_CERT_IN_CHAIN, ERR_TLS_CERT_ALTNAME_INVALID, ECONNREFUSED. */
	readonly code: string;
	readonly message: string;
}

const unknownCa = "its certificate is signed by an unknown CA (give the right one with --turn-ca)";
const noTls = "the port does not speak TLS";

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
	ECONNRESET: "it closed the connection in the TLS handshake",
};

/** @param server `host:port` of the TURN server. */
export function turnTlsError(error: Error & { code?: string }, server: string): TurnTlsError {
	const code = error.code ?? "UNKNOWN";
	// Node's own sentence names the host and the names in the certificate.
	const words =
		code === "ERR_TLS_CERT_ALTNAME_INVALID"
			? `its certificate is for another host name: ${error.message}`
			: (wordsByCode[code] ?? error.message);
	return { code, message: `TURN server ${server} over TLS: ${words} (${code})` };
}
