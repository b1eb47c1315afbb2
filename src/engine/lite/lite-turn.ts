import { Distribution } from "../../aggregate/distribution.js";
import type { DistributionSnapshot } from "../../aggregate/snapshot.js";
import type { Clock } from "../../clock/clock.js";
import { isRelayPolicy, type RelayPolicy } from "../../ice/policy-servers.js";
import { formatIceUri, parseIceUri } from "../../ice/uri.js";
import { bridgeAddress } from "../../turn/bind-loopback.js";
import type { TurnConnectError } from "../../turn/connect-error.js";
import { startTurnDatagramBridge, type TurnDatagramBridge } from "../../turn/datagram-bridge.js";
import type { JoinOrder } from "../engine.js";
import type { PeerOptions, RelayProtocol } from "./peer.js";

interface Relay {
	readonly server: PeerOptions["turn"];
	readonly protocol: RelayProtocol;
	lastError(): TurnConnectError | undefined;
}

const noRelay: Relay = { server: undefined, protocol: "udp", lastError: () => undefined };

/** Credentials are used within seconds of a join; older ones than these are forgotten. */
const mostPasswords = 10_000;

const transports = { "relay-udp": "udp", "relay-tcp": "tcp", "relay-tls": "tls" } as const;

/**
 * Every TURN server is reached through a local bridge on IPv6 loopback, one for each server of the process.
 * libjuice speaks TURN over UDP only, and `iceTransportPolicy: relay` does not keep it from selecting host pairs:
 * bound to [::1], where only the bridge is, it has no way but the relay.
 */
export class LiteTurn {
	readonly #clock: Clock;
	readonly #bridges = new Map<string, Promise<TurnDatagramBridge>>();
	readonly #running: TurnDatagramBridge[] = [];
	/** By user name, the latest last: with them bridges give back what libjuice leaves behind. */
	readonly #passwords = new Map<string, string>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/**
	 * How libjuice is to reach the order's TURN server; libjuice takes one.
	 * @throws UserError when this machine has no IPv6 loopback
	 */
	async relayFor(order: JoinOrder): Promise<Relay> {
		const [server] = order.iceServers;
		const [url] = server?.urls ?? [];
		const { icePolicy } = order;
		if (!isRelayPolicy(icePolicy) || !server || url === undefined) return noRelay;
		const { username, password } = server;
		this.#remember(username, password);
		const bridge = await this.#bridgeTo(url, icePolicy, order);
		return {
			server: { hostname: bridgeAddress, port: bridge.port, username, password },
			protocol: transports[icePolicy],
			lastError: () => bridge.lastError(),
		};
	}

	/** What the bridges have added since the last call; undefined when nothing went through one. */
	takeDelay(): DistributionSnapshot | undefined {
		const all = new Distribution("turn.bridgeDelay");
		for (const bridge of this.#running) {
			for (const delay of bridge.takeDelays()) all.merge(delay);
		}
		return all.count === 0 ? undefined : all.snapshot();
	}

	async close(): Promise<void> {
		// A bridge that could not start has told so to its participants.
		const bridges = await Promise.allSettled(this.#bridges.values());
		await Promise.all(
			bridges.map((bridge) => (bridge.status === "fulfilled" ? bridge.value.close() : undefined)),
		);
	}

	#remember(username: string, password: string): void {
		this.#passwords.delete(username);
		this.#passwords.set(username, password);
		const [oldest] = this.#passwords.keys();
		if (this.#passwords.size > mostPasswords && oldest !== undefined)
			this.#passwords.delete(oldest);
	}

	#bridgeTo(url: string, policy: RelayPolicy, order: JoinOrder): Promise<TurnDatagramBridge> {
		const uri = parseIceUri(url);
		const key = formatIceUri(uri);
		const known = this.#bridges.get(key);
		if (known) return known;
		const bridge = startTurnDatagramBridge({
			...{ clock: this.#clock, host: uri.host, port: uri.port, serverName: uri.host },
			transport: transports[policy],
			...(order.turnCaPem === undefined ? {} : { caPem: order.turnCaPem }),
			insecure: order.tlsInsecure,
			passwordOf: (username) => this.#passwords.get(username),
		});
		this.#bridges.set(key, bridge);
		bridge.then(
			(running) => this.#running.push(running),
			() => {},
		);
		return bridge;
	}
}
