import type { IceServer } from "../../ice/ice-server.js";
import { formatIceUri, parseIceUri } from "../../ice/uri.js";
import type { TurnConnectError } from "../../turn/connect-error.js";
import { startTurnTlsBridge, type TurnTlsBridge } from "../../turn/tls-bridge.js";
import type { JoinOrder } from "../engine.js";

/**
 * libwebrtc trusts only its own public roots, so a `turns:` server with a private CA (or unchecked, if
 * the user said so) is reached through a local TLS bridge: one for each TURN server of the process.
 */
export class TurnBridges {
	readonly #bridges = new Map<string, Promise<TurnTlsBridge>>();

	/** The ICE servers to hand to libwebrtc, and what went wrong on the way to them. */
	async serversFor(order: JoinOrder): Promise<{
		servers: readonly IceServer[];
		bridged: boolean;
		lastError(): TurnConnectError | undefined;
	}> {
		const needsBridge = order.turnCaPem !== undefined || order.tlsInsecure;
		if (order.icePolicy !== "relay-tls" || !needsBridge) {
			return { servers: order.iceServers, bridged: false, lastError: () => undefined };
		}
		const used: TurnTlsBridge[] = [];
		const servers: IceServer[] = [];
		for (const server of order.iceServers) {
			const urls: string[] = [];
			for (const url of server.urls) {
				const bridge = await this.#bridgeTo(url, order);
				used.push(bridge);
				urls.push(`turn:127.0.0.1:${bridge.port}?transport=tcp`);
			}
			servers.push({ ...server, urls });
		}
		const lastError = () => used.map((bridge) => bridge.lastError()).find((error) => error);
		return { servers, bridged: true, lastError };
	}

	async close(): Promise<void> {
		for (const bridge of this.#bridges.values()) await (await bridge).close();
	}

	#bridgeTo(url: string, order: JoinOrder): Promise<TurnTlsBridge> {
		const uri = parseIceUri(url);
		const key = formatIceUri(uri);
		const bridge =
			this.#bridges.get(key) ??
			startTurnTlsBridge({
				host: uri.host,
				port: uri.port,
				serverName: uri.host,
				...(order.turnCaPem === undefined ? {} : { caPem: order.turnCaPem }),
				insecure: order.tlsInsecure,
			});
		this.#bridges.set(key, bridge);
		return bridge;
	}
}
