import { PeerConnection, type RtcConfig } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import { type Candidate, isWanted, parseCandidate } from "../../ice/candidate.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { IcePolicy } from "../../ice/policy.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import { filterSdpCandidates } from "../../ice/sdp-candidates.js";
import { bridgeAddress } from "../../turn/bind-loopback.js";

/** Which transport the TURN leg really uses: over the local bridge libjuice itself sees UDP. */
export type RelayProtocol = NonNullable<CandidatePair["relayProtocol"]>;

export interface PeerOptions {
	readonly name: "publisher" | "subscriber";
	readonly clock: Clock;
	readonly policy: IcePolicy;
	/** Local address to use alone; where the server is on loopback, the only one that reaches it as itself. */
	readonly bindAddress?: string;
	/** TURN server of a relay policy, as libjuice is to reach it. */
	readonly turn?: { hostname: string; port: number; username: string; password: string };
	readonly listener: PeerListener;
}

export interface PeerListener {
	/** A local candidate to trickle, as the JSON text that LiveKit carries. */
	onLocalCandidate(candidateInit: string): void;
	/** The first local candidate of the kind the policy wants. */
	onGathered(atMs: number): void;
	/** A candidate pair is nominated (RFC 8445). */
	onIce(atMs: number): void;
	/** DTLS is done: media can flow. */
	onConnected(atMs: number): void;
	/** The connection is lost for good; only a restart helps. */
	onFailed(): void;
}

/**
 * One libdatachannel peer connection under an ICE policy. Local candidates are held back until `release`:
 * a check of the server that comes before its trickled candidate makes libjuice select a pair that it
 * cannot nominate, and the join hangs for ever.
 */
export class Peer {
	readonly connection: PeerConnection;
	readonly #options: PeerOptions;
	readonly #held: string[] = [];
	#released = false;
	#gathered = false;
	#ice = false;
	#closed = false;

	constructor(options: PeerOptions) {
		this.#options = options;
		this.connection = new PeerConnection(options.name, rtcConfig(options));
		this.connection.onLocalCandidate((line, mid) => this.#onLocalCandidate(line, mid));
		this.connection.onIceStateChange((state) => this.#onIceState(state));
		this.connection.onStateChange((state) => this.#onState(state));
	}

	/** Makes the local description; its candidates are left out and trickled. */
	describe(type: "offer" | "answer"): string {
		this.connection.setLocalDescription(type);
		const sdp = this.connection.localDescription()?.sdp ?? "";
		return filterSdpCandidates(sdp, () => false);
	}

	setRemoteDescription(sdp: string, type: "offer" | "answer"): void {
		this.connection.setRemoteDescription(
			filterSdpCandidates(sdp, (candidate) => this.#reaches(candidate)),
			type,
		);
	}

	/**
	 * @param candidateInit JSON text of an RTCIceCandidateInit; the end of candidates is passed over
	 * @returns whether it was one that this policy can use
	 */
	addRemoteCandidate(candidateInit: string): boolean {
		const { candidate: line = "", sdpMid } = JSON.parse(candidateInit) as CandidateInit;
		const candidate = parseCandidate(line);
		if (!candidate || !this.#reaches(candidate)) return false;
		this.connection.addRemoteCandidate(line, sdpMid ?? "0");
		return true;
	}

	/** From now on local candidates are told as they come. Idempotent. */
	release(): void {
		if (this.#released) return;
		this.#released = true;
		for (const init of this.#held.splice(0)) this.#options.listener.onLocalCandidate(init);
	}

	/** The selected pair; undefined before there is one. */
	pair(relayProtocol: RelayProtocol): Omit<CandidatePair, "peer"> | undefined {
		const selected = this.connection.getSelectedCandidatePair();
		if (!selected) return undefined;
		const local = candidateType(selected.local.type);
		const relay = local === "relay" ? { relayProtocol } : {};
		return { local, remote: candidateType(selected.remote.type), protocol: "udp", ...relay };
	}

	close(): void {
		this.#closed = true;
		this.connection.close();
	}

	/**
	 * libjuice checks UDP candidates. Under a relay policy there is one address beside the bridge that our socket on
	 * IPv6 loopback could reach without the relay.
	 */
	#reaches({ transport, address }: Candidate): boolean {
		return (
			transport === "udp" && !(isRelayPolicy(this.#options.policy) && address === bridgeAddress)
		);
	}

	#onLocalCandidate(prefixed: string, mid: string): void {
		// libdatachannel writes the line as in SDP, with its `a=`.
		const line = prefixed.replace(/^a=/, "");
		const candidate = parseCandidate(line);
		if (this.#closed || !candidate) return;
		const { policy, listener, clock } = this.#options;
		if (!isWanted(policy, candidate)) return;
		if (!this.#gathered) listener.onGathered(clock.nowMs());
		this.#gathered = true;
		const init = JSON.stringify({ candidate: line, sdpMid: mid, sdpMLineIndex: 0 });
		if (this.#released) listener.onLocalCandidate(init);
		else this.#held.push(init);
	}

	#onIceState(state: string): void {
		// `connected` is a pair that works, `completed` one that is nominated.
		if (this.#closed || this.#ice || state !== "completed") return;
		this.#ice = true;
		this.#options.listener.onIce(this.#options.clock.nowMs());
	}

	#onState(state: string): void {
		if (this.#closed) return;
		if (state === "connected") this.#options.listener.onConnected(this.#options.clock.nowMs());
		if (state === "failed") this.#options.listener.onFailed();
	}
}

interface CandidateInit {
	readonly candidate?: string;
	readonly sdpMid?: string | null;
}

function rtcConfig({ turn, bindAddress }: PeerOptions): RtcConfig {
	return {
		...(bindAddress === undefined ? {} : { bindAddress }),
		iceServers: turn ? [{ ...turn, relayType: "TurnUdp" }] : [],
		iceTransportPolicy: turn ? "relay" : "all",
		disableAutoNegotiation: true,
		// The subscriber's first offer has only a data channel; without this no later audio arrives.
		forceMediaTransport: true,
	};
}

function candidateType(type: string): CandidatePair["local"] {
	switch (type.toLowerCase()) {
		case "relayed":
		case "relay":
			return "relay";
		case "serverreflexive":
		case "srflx":
			return "srflx";
		case "peerreflexive":
		case "prflx":
			return "prflx";
		default:
			return "host";
	}
}
