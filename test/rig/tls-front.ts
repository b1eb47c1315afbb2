import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import type { TestCertificate } from "./test-ca.js";

/** TLS in front of a server on 127.0.0.1 that has none, as a reverse proxy terminates it. */
export async function startTlsFront(
	backPort: number,
	{ certFile, keyFile }: TestCertificate,
): Promise<{ readonly port: number; close(): void }> {
	const open = new Set<Socket>();
	const pem = { cert: await readFile(certFile), key: await readFile(keyFile) };
	const server = createServer(pem, (front) => {
		const back = connect(backPort, "127.0.0.1");
		for (const [one, other] of [
			[front, back],
			[back, front],
		] as const) {
			open.add(one);
			one.on("error", () => other.destroy());
			one.once("close", () => open.delete(one));
			one.pipe(other);
		}
	});
	server.on("tlsClientError", () => {});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return {
		port: address.port,
		close() {
			server.close();
			for (const socket of open) socket.destroy();
		},
	};
}
