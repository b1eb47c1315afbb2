import { redact } from "../error/redact.js";
import type { Failure } from "../participant/failure.js";

/** Node's error codes for a connection that did not come to be, and the cause each one means. */
const causeByCode: Readonly<Record<string, Failure["cause"]>> = {
	ENOTFOUND: "dns",
	EAI_AGAIN: "dns",
	ECONNREFUSED: "refused",
	ENETUNREACH: "unreachable",
	EHOSTUNREACH: "unreachable",
	ETIMEDOUT: "timeout",
	ECONNRESET: "websocket",
	EPIPE: "websocket",
};

/** A socket to the server that failed below HTTP, as a failure of stage `socket`. */
export function socketFailure(error: Error & { code?: string }): Failure {
	const code = error.code ?? "";
	const cause = causeByCode[code] ?? (isTlsCode(code) ? "tls" : "websocket");
	const detail = speaksNoTls(code, error.message)
		? `the port does not speak TLS (${code})`
		: redact(error.message).trim();
	return { stage: "socket", cause, detail };
}

/** OpenSSL's own text is a line of addresses and source files. Noticed while writing, it comes as EPROTO. */
function speaksNoTls(code: string, message: string): boolean {
	if (code === "EPROTO") return /wrong version number|packet length too long/.test(message);
	return code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG";
}

/** OpenSSL verification results as Node names them, and TLS protocol errors. */
function isTlsCode(code: string): boolean {
	return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/.test(code);
}

/** An HTTP answer where a WebSocket was asked for, in the server's own words. */
export function upgradeFailure(status: number, body: string): Failure {
	const detail = `HTTP ${status}: ${redact(body).trim().slice(0, 300)}`;
	return { stage: "socket", cause: causeOfStatus(status), detail };
}

function causeOfStatus(status: number): Failure["cause"] {
	if (status === 401) return "unauthorized";
	if (status === 403) return "forbidden";
	if (status === 404) return "not-found";
	return status >= 500 ? "server-error" : "websocket";
}
