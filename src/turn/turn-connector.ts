import { connect as connectTcp, isIP, type Socket } from "node:net";
import {
	checkServerIdentity,
	connect as connectTls,
	createSecureContext,
	type SecureContext,
} from "node:tls";
import { type TurnConnectError, turnConnectError } from "./connect-error.js";

/** Enough for DNS, TCP and TLS; below the time a client waits for its relay candidate. */
const handshakeTimeoutMs = 10_000;

/** A TURN server that is reached over a stream. */
export interface TurnStreamServer {
	readonly host: string;
	readonly port: number;
	readonly transport: "tcp" | "tls";
	/** TLS: the name (or address) the certificate must be for; also sent as SNI if it is a name. */
	readonly serverName: string;
	/** TLS: PEM of a private CA, trusted instead of the public roots. */
	readonly caPem?: string;
	/** TLS: accept any certificate (`tls.insecure`). */
	readonly insecure: boolean;
}

/** Opens connections to one TURN server. The trusted certificates are read once, not for each connection. */
export class TurnConnector {
	readonly server: TurnStreamServer;
	readonly #trusted: SecureContext | undefined;

	/** @throws Error when `caPem` is no certificate */
	constructor(server: TurnStreamServer) {
		this.server = server;
		this.#trusted =
			server.transport === "tcp"
				? undefined
				: createSecureContext(server.caPem === undefined ? {} : { ca: server.caPem });
	}

	/**
	 * Connects within 10 s, without Nagle's algorithm, which would hold media in small packets back.
	 *
	 * @param onReady the certificate was found good (TLS) or the connection stands (TCP); the caller must not
	 *   write before
	 * @param onFailed it will not come about; the socket is destroyed. Only one of the two is called, once
	 * @returns the socket; it never throws an unheard error, but tells what breaks after `onReady` by its events
	 */
	connect(onReady: () => void, onFailed: (error: TurnConnectError) => void): Socket {
		const { host, port, transport } = this.server;
		const socket = transport === "tcp" ? connectTcp({ host, port }) : this.#connectTls();
		let settled = false;
		const fail = (error: Error) => {
			socket.destroy();
			if (settled) return;
			settled = true;
			onFailed(turnConnectError(error, this.server));
		};
		socket.setNoDelay(true);
		socket.on("error", fail);
		socket.setTimeout(handshakeTimeoutMs, () =>
			fail(Object.assign(new Error("handshake timed out"), { code: "ETIMEDOUT" })),
		);
		socket.once(transport === "tcp" ? "connect" : "secureConnect", () => {
			settled = true;
			socket.setTimeout(0);
			onReady();
		});
		return socket;
	}

	#connectTls(): Socket {
		const { host, port, serverName, insecure } = this.server;
		return connectTls({
			host,
			port,
			// SNI carries names only (RFC 6066); the address is checked against the certificate all the same.
			...(isIP(serverName) === 0 ? { servername: serverName } : {}),
			checkServerIdentity: (_name, certificate) => checkServerIdentity(serverName, certificate),
			...(this.#trusted === undefined ? {} : { secureContext: this.#trusted }),
			rejectUnauthorized: !insecure,
		});
	}
}
