import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test service saw of one request. */
export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

/** The answer of a test service; `undefined` never answers. */
export type Answer =
	| {
			readonly status?: number;
			readonly body: string;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	| undefined;

/** Runs `use` against an HTTP service on 127.0.0.1 that gives `answer` to everything. */
export async function withHttpAnswer<T>(
	answer: Answer,
	use: (origin: string, seen: readonly SeenRequest[]) => Promise<T>,
): Promise<T> {
	const seen: SeenRequest[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const { method = "", url = "", headers } = request;
		seen.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
		if (answer === undefined) return;
		response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	try {
		return await use(`127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}
