import { once } from "node:events";
import { type AddressInfo, createServer, isIP, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import { type TurnTlsError, turnTlsError } from "./tls-error.js";

/** Enough for DNS, TCP and TLS; below the time a client waits for its relay candidate. */
const handshakeTimeoutMs = 10_000;

export interface TurnTlsBridgeOptions {
	readonly host: string;
	readonly port: number;
	/** The name (or address) the certificate must be for; also sent as SNI if it is a name. */
	readonly serverName: string;
	/** PEM of a private CA, trusted instead of the public roots. */
	readonly caPem?: string;
	/** Accept any certificate (`tls.insecure`). */
	readonly insecure: boolean;
}

export interface TurnTlsBridge {
	/** Port on 127.0.0.1: `turn:127.0.0.1:PORT?transport=tcp` reaches the TURN server over TLS. */
	readonly port: number;
	/** Why the last connection to the TURN server failed; undefined once one succeeds. */
	lastError(): TurnTlsError | undefined;
	/** Closes the port and every connection; idempotent. */
	close(): Promise<void>;
}

/**
 * Opens a local TCP port whose connections go on over TLS to a TURN server. libwebrtc trusts only
 * its built-in roots for `turns:`; here Node checks the certificate, against a private CA too.
 * Not a byte of the client leaves before the certificate is found good.
 */
export async function startTurnTlsBridge(options: TurnTlsBridgeOptions): Promise<TurnTlsBridge> {
	const sockets = new Set<Socket>();
	let lastError: TurnTlsError | undefined;

	const track = (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
		// Media in small packets: Nagle's algorithm would hold them back.
		socket.setNoDelay(true);
	};

	// Paused: nothing is read from the client until there is somebody to forward it to.
	const server = createServer({ pauseOnConnect: true }, (client) => {
		const upstream = connectTls(options);
		track(client);
		track(upstream);
		let secured = false;
		const giveUp = (error: Error) => {
			if (!secured) lastError = turnTlsError(error, `${options.host}:${options.port}`);
			upstream.destroy();
			client.destroy();
		};
		upstream.on("error", giveUp);
		client.on("error", () => client.destroy());
		upstream.once("close", () => client.destroy());
		client.once("close", () => upstream.destroy());
		upstream.setTimeout(handshakeTimeoutMs, () =>
			giveUp(Object.assign(new Error("handshake timed out"), { code: "ETIMEDOUT" })),
		);
		upstream.once("secureConnect", () => {
			secured = true;
			lastError = undefined;
			upstream.setTimeout(0);
			pipeline(client, upstream, client, () => client.destroy());
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;

	let closed: Promise<void> | undefined;
	return {
		port,
		lastError: () => lastError,
		close() {
			closed ??= new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			});
			return closed;
		},
	};
}

function connectTls({ host, port, serverName, caPem, insecure }: TurnTlsBridgeOptions): TLSSocket {
	return connect({
		host,
		port,
		// SNI carries names only (RFC 6066); the address is checked against the certificate all the same.
		...(isIP(serverName) === 0 ? { servername: serverName } : {}),
		checkServerIdentity: (_name, certificate) => checkServerIdentity(serverName, certificate),
		...(caPem === undefined ? {} : { ca: caPem }),
		rejectUnauthorized: !insecure,
	});
}
