import type { Clock } from "../../clock/clock.js";
import type { IceServer } from "../../ice/ice-server.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import { formatIceUri, parseIceUri } from "../../ice/uri.js";
import { startTurnStreamBridge, type TurnStreamBridge } from "../../turn/stream-bridge.js";
import type { JoinOrder } from "../engine.js";
import type { PeerOptions, RelayProtocol } from "./peer.js";

interface Relay {
	readonly server: PeerOptions["turn"];
	readonly protocol: RelayProtocol;
	lastError(): { code: string; message: string } | undefined;
}

const noRelay: Relay = { server: undefined, protocol: "udp", lastError: () => undefined };

/**
 * libjuice speaks TURN over UDP only. A server that the policy wants over TCP or TLS is reached through a local
 * bridge: one for each server of the process.
 */
export class LiteTurn {
	readonly #clock: Clock;
	readonly #bridges = new Map<string, Promise<TurnStreamBridge>>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** How libjuice is to reach the order's TURN server; libjuice takes one. */
	async relayFor(order: JoinOrder): Promise<Relay> {
		const [server] = order.iceServers;
		const [url] = server?.urls ?? [];
		if (!isRelayPolicy(order.icePolicy) || !server || url === undefined) return noRelay;
		const { username, password } = server as IceServer;
		const uri = parseIceUri(url);
		if (order.icePolicy === "relay-udp") {
			const direct = { hostname: uri.host, port: uri.port, username, password };
			return { ...noRelay, server: direct };
		}
		const bridge = await this.#bridgeTo(url, order);
		return {
			server: { hostname: "127.0.0.1", port: bridge.port, username, password },
			protocol: order.icePolicy === "relay-tls" ? "tls" : "tcp",
			lastError: () => bridge.lastError(),
		};
	}

	async close(): Promise<void> {
		for (const bridge of this.#bridges.values()) await (await bridge).close();
	}

	#bridgeTo(url: string, order: JoinOrder): Promise<TurnStreamBridge> {
		const uri = parseIceUri(url);
		const key = formatIceUri(uri);
		const known = this.#bridges.get(key);
		if (known) return known;
		const bridge = startTurnStreamBridge({
			...{ clock: this.#clock, host: uri.host, port: uri.port, serverName: uri.host },
			transport: uri.scheme === "turns" ? "tls" : "tcp",
			...(order.turnCaPem === undefined ? {} : { caPem: order.turnCaPem }),
			insecure: order.tlsInsecure,
		});
		this.#bridges.set(key, bridge);
		return bridge;
	}
}
