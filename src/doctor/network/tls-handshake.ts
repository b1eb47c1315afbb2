import { isIP } from "node:net";
import {
	checkServerIdentity,
	connect,
	type DetailedPeerCertificate,
	rootCertificates,
	type TLSSocket,
} from "node:tls";
import type { DoctorContext } from "../context.js";
import { withDeadline } from "./deadline.js";

/** What a server showed in a TLS handshake. */
export interface Handshake {
	readonly tookMs: number;
	/** "TLSv1.3" */
	readonly protocol: string;
	/** Node's code of the chain's verification (CERT_HAS_EXPIRED …); undefined where it holds. */
	readonly chainCode?: string;
	/** Node's sentence, where the certificate is for other names. */
	readonly nameError?: string;
	readonly certificate: ServerCertificate;
}

export interface ServerCertificate {
	/** Who it is for: its subjectAltName, or its common name. */
	readonly names: string;
	readonly issuer: string;
	readonly validFromMs: number;
	readonly validToMs: number;
	/** Says where its issuer's certificate can be got, as those of public authorities do. */
	readonly namesIssuerUrl: boolean;
}

/** `code`: as Node names it; CLOSED and TIMEOUT where there was no error. */
export interface NoHandshake {
	readonly code: string;
	readonly words: string;
}

export interface HandshakeOrder {
	/** Name or address; the certificate has to be for it. Of a name's addresses the first that answers is taken. */
	readonly host: string;
	readonly port: number;
	/** PEM of a CA beside the public ones. */
	readonly caPem?: string | undefined;
	/** Takes what is out of date since 2021 (RFC 8996): to learn what an old server speaks. */
	readonly old?: boolean;
}

/** The authorities to trust; undefined for Node's own, which know NODE_EXTRA_CA_CERTS. */
export function authorities(caPem: string | undefined): string[] | undefined {
	return caPem === undefined ? undefined : [...rootCertificates, caPem];
}

/** One handshake, in which any certificate is taken and then looked at. Never rejects. */
export function tlsHandshake(
	context: Pick<DoctorContext, "clock" | "signal">,
	order: HandshakeOrder,
	boundMs: number,
): Promise<Handshake | NoHandshake> {
	const startMs = context.clock.nowMs();
	const ca = authorities(order.caPem);
	return withDeadline(
		context,
		boundMs,
		(signal) =>
			new Promise((resolve) => {
				const socket = connect({
					host: order.host,
					port: order.port,
					rejectUnauthorized: false,
					// SNI has names only (RFC 6066, section 3).
					...(isIP(order.host) === 0 ? { servername: order.host } : {}),
					...(ca === undefined ? {} : { ca }),
					...(order.old ? { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } : {}),
				});
				const done = (result: Handshake | NoHandshake) => {
					signal.removeEventListener("abort", late);
					socket.destroy();
					resolve(result);
				};
				const late = () => done({ code: "TIMEOUT", words: `no answer within ${boundMs / 1000} s` });
				socket.once("secureConnect", () =>
					done(shown(socket, order.host, context.clock.nowMs() - startMs)),
				);
				socket.on("error", (error: Error & { code?: string }) =>
					done({ code: error.code ?? "ERROR", words: error.message }),
				);
				socket.once("close", () =>
					done({ code: "CLOSED", words: "it closed the connection in the handshake" }),
				);
				if (signal.aborted) late();
				else signal.addEventListener("abort", late, { once: true });
			}),
	);
}

function shown(socket: TLSSocket, host: string, tookMs: number): Handshake {
	const peer = socket.getPeerCertificate(true);
	const chainCode = chainCodeOf(socket);
	const nameError = checkServerIdentity(host, peer)?.message;
	return {
		tookMs,
		protocol: socket.getProtocol() ?? "unknown",
		...(chainCode === undefined ? {} : { chainCode }),
		...(nameError === undefined ? {} : { nameError }),
		certificate: {
			names: peer.subjectaltname ?? nameOf(peer.subject, "nobody"),
			issuer: nameOf(peer.issuer, "an authority without a name"),
			validFromMs: Date.parse(peer.valid_from),
			validToMs: Date.parse(peer.valid_to),
			namesIssuerUrl: peer.infoAccess?.["CA Issuers - URI"] !== undefined,
		},
	};
}

/** Node puts its own name check into the same place; that one is told apart. Typed as Error, it is a code. */
function chainCodeOf(socket: TLSSocket): string | undefined {
	const code: unknown = socket.authorizationError;
	if (socket.authorized || code === "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
	return code instanceof Error ? code.message : String(code);
}

function nameOf(
	subject: DetailedPeerCertificate["subject"] | undefined,
	otherwise: string,
): string {
	return [subject?.CN ?? subject?.O ?? otherwise].flat().join(", ");
}
