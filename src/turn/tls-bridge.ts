import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import type { TurnConnectError } from "./connect-error.js";
import { TurnConnector, type TurnStreamServer } from "./turn-connector.js";

export type TurnTlsBridgeOptions = Omit<TurnStreamServer, "transport">;

export interface TurnTlsBridge {
	/** Port on 127.0.0.1: `turn:127.0.0.1:PORT?transport=tcp` reaches the TURN server over TLS. */
	readonly port: number;
	/** Why the last connection to the TURN server failed; undefined once one succeeds. */
	lastError(): TurnConnectError | undefined;
	/** Closes the port and every connection; idempotent. */
	close(): Promise<void>;
}

/**
 * Opens a local TCP port whose connections go on over TLS to a TURN server. libwebrtc trusts only
 * its built-in roots for `turns:`; here Node checks the certificate, against a private CA too.
 * Not a byte of the client leaves before the certificate is found good.
 */
export async function startTurnTlsBridge(options: TurnTlsBridgeOptions): Promise<TurnTlsBridge> {
	const connector = new TurnConnector({ ...options, transport: "tls" });
	const sockets = new Set<Socket>();
	let lastError: TurnConnectError | undefined;

	// Paused: nothing is read from the client until there is somebody to forward it to.
	const server = createServer({ pauseOnConnect: true }, (client) => {
		const upstream = connector.connect(
			() => {
				lastError = undefined;
				pipeline(client, upstream, client, () => client.destroy());
			},
			(error) => {
				lastError = error;
				client.destroy();
			},
		);
		// Media in small packets: Nagle's algorithm would hold them back.
		client.setNoDelay(true);
		client.on("error", () => client.destroy());
		upstream.once("close", () => client.destroy());
		client.once("close", () => upstream.destroy());
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.once("close", () => sockets.delete(socket));
		}
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
