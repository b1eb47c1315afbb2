import { connect, createServer, type Socket } from "node:net";

export interface CuttableProxy {
	readonly port: number;
	/** How many connections go through it now. */
	readonly open: number;
	/**
	 * Nothing gets through from now on. `reset`: connections end and new ones are refused, as by a program that died.
	 * `silent`: connections stay and new ones are taken, but no byte moves, as by a firewall or a pulled cable.
	 */
	cut(how?: "reset" | "silent"): void;
	/** All is well again. Connections that were silent go on where they stood, with all that was sent meanwhile. */
	mend(): void;
	close(): Promise<void>;
}

/** A TCP proxy on 127.0.0.1 that can be cut, to part one client from a server that others go on to use. */
export async function startCuttableProxy(
	backPort: number,
	backHost = "127.0.0.1",
): Promise<CuttableProxy> {
	const open = new Set<Socket>();
	let state: "open" | "reset" | "silent" = "open";
	const server = createServer((front) => {
		if (state === "reset") {
			front.resetAndDestroy();
			return;
		}
		const back = connect(backPort, backHost);
		open.add(front);
		open.add(back);
		join(front, back);
		join(back, front);
		if (state === "silent") hold(front, back);
	});
	/** Passes on what comes, and the end too. */
	const join = (from: Socket, to: Socket) => {
		from.setNoDelay(true);
		from.on("data", (chunk) => {
			if (!to.write(chunk) && state !== "silent") from.pause();
		});
		to.on("drain", () => {
			if (state !== "silent") from.resume();
		});
		from.on("error", () => {});
		from.once("close", () => {
			open.delete(from);
			to.destroy();
		});
		from.once("end", () => to.end());
	};
	const hold = (...sockets: Socket[]) => {
		for (const socket of sockets) socket.pause();
	};
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	const endAll = () => {
		for (const socket of open) socket.resetAndDestroy();
		open.clear();
	};
	return {
		port: address.port,
		get open() {
			return open.size / 2;
		},
		cut(how = "reset") {
			state = how;
			if (how === "reset") endAll();
			else hold(...open);
		},
		mend() {
			state = "open";
			for (const socket of open) socket.resume();
		},
		async close() {
			endAll();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
