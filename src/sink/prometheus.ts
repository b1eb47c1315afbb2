import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { UserError } from "../error/user-error.js";
import type { RunEvent } from "../run/run-event.js";
import type { RunInfo } from "../run/run-info.js";
import type { RunView } from "../run/run-view.js";
import { stripControlCharacters } from "./control-characters.js";
import type { PrometheusAddress } from "./prometheus-address.js";
import type { ScrapeState } from "./prometheus-catalogue.js";
import { prometheusRegistry } from "./prometheus-registry.js";
import type { Sink } from "./sink.js";

/**
 * `/metrics` for a Prometheus server, up until the run ends. It keeps the latest view and reads it at each
 * scrape: its totals are the run's own, so after the last view it says what summary.json says.
 */
export class PrometheusSink implements Sink {
	readonly name = "prometheus";
	readonly #address: PrometheusAddress;
	#server: Server | undefined;
	#state: ScrapeState | undefined;

	constructor(address: PrometheusAddress) {
		this.#address = address;
	}

	/** The port it listens on; 0 before `start`. */
	get port(): number {
		const address = this.#server?.address() as AddressInfo | null | undefined;
		return address?.port ?? 0;
	}

	async start(run: RunInfo): Promise<void> {
		this.#state = { run };
		const registry = prometheusRegistry(() => this.#state ?? { run });
		this.#server = createServer((request, response) => {
			answer(registry, request, response).catch(() => response.destroy());
		});
		await listen(this.#server, this.#address);
		// An endpoint alone keeps nobody waiting.
		this.#server.unref();
	}

	onView(view: RunView): void {
		if (this.#state) this.#state = { ...this.#state, view };
	}

	onEvent(event: RunEvent): void {
		if (event.kind !== "server" || !this.#state) return;
		this.#state = { ...this.#state, serverVersion: stripControlCharacters(event.version) };
	}

	async stop(): Promise<void> {
		const server = this.#server;
		if (!server) return;
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			// Prometheus keeps its connection open between scrapes.
			server.closeIdleConnections();
			server.closeAllConnections();
		});
	}
}

async function answer(
	registry: Registry,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const path = (request.url ?? "/").split("?")[0];
	if (request.method !== "GET" && request.method !== "HEAD") {
		response.writeHead(405, { allow: "GET, HEAD" }).end();
	} else if (path !== "/metrics") {
		response.writeHead(404, { "content-type": "text/plain" }).end("livesoak: see /metrics\n");
	} else {
		const text = await registry.metrics();
		response.writeHead(200, { "content-type": registry.contentType }).end(text);
	}
}

function listen(server: Server, { host, port }: PrometheusAddress): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			reject(
				new UserError({
					message: `--prometheus ${host}:${port}: ${reasonOf(cause)}.`,
					hint: "Stop what uses the port, or name another one, for example --prometheus 127.0.0.1:9464",
					cause,
				}),
			);
		});
		server.listen(port, host, () => {
			server.removeAllListeners("error");
			// Later errors concern one connection; the run does not care.
			server.on("error", () => {});
			resolve();
		});
	});
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
	switch (code) {
		case "EADDRINUSE":
			return "the port is already in use";
		case "EACCES":
			return "this user may not listen on that port";
		case "EADDRNOTAVAIL":
			return "this machine does not have that address";
		case "ENOTFOUND":
			return "the host name is not known";
		default:
			return message;
	}
}
