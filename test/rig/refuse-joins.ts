import { connect, createServer, type Socket } from "node:net";

/**
 * Fault injector: stands in front of a livekit-server and refuses each n-th join with 503, as a server does that has
 * run out of something. All else goes through untouched. Only signalling passes here; media goes its own way.
 */
export interface JoinRefuser {
	/** `ws://127.0.0.1:PORT` */
	readonly url: string;
	counts(): { readonly joins: number; readonly refused: number };
	stop(): Promise<void>;
}

/** @param url of the server, ws:// @param every 50: one join in 50 */
export async function refuseJoins(url: string, every: number): Promise<JoinRefuser> {
	const { hostname, port } = new URL(url);
	const open = new Set<Socket>();
	let joins = 0;
	let refused = 0;
	const hold = (socket: Socket) => {
		open.add(socket);
		socket.on("error", () => socket.destroy()).once("close", () => open.delete(socket));
		return socket;
	};
	const server = createServer((client) => {
		hold(client).once("data", (first) => {
			// The head of a request on loopback comes in one piece.
			const isJoin = /^upgrade:\s*websocket/im.test(first.toString("latin1"));
			if (isJoin && ++joins % every === 0) {
				refused += 1;
				client.end(
					"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
				);
				return;
			}
			const upstream = hold(connect(Number(port), hostname));
			upstream.write(first);
			client.pipe(upstream).pipe(client);
			client.once("close", () => upstream.destroy());
			upstream.once("close", () => client.destroy());
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return {
		url: `ws://127.0.0.1:${address.port}`,
		counts: () => ({ joins, refused }),
		async stop() {
			for (const socket of open) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
