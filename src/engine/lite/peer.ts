import { PeerConnection, type RtcConfig } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import { type Candidate, isWanted, parseCandidate, withAddress } from "../../ice/candidate.js";
import type { CandidatePair } from "../../ice/candidate-pair.js";
import type { IcePolicy } from "../../ice/policy.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import { filterSdpCandidates, mapSdpCandidates } from "../../ice/sdp-candidates.js";
import { bridgeAddress } from "../../turn/bind-loopback.js";
import { innerAddress, type MediaPath } from "./path/media-path.js";
import { withoutNack } from "./without-nack.js";

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
	/** Our own way to the server, in place of the library's. The peer closes it. */
	readonly path?: MediaPath;
	readonly listener: PeerListener;
}

export interface PeerListener {
	/** A local candidate to trickle, as the JSON text that LiveKit carries. */
	onLocalCandidate(candidateInit: string): void;
	/** The first local candidate of the kind the policy wants. */
	onGathered(atMs: number): void;
	/** A candidate pair is nominated (RFC 8445). */
	onIce(atMs: number): void;
	/**
	 * The connection is up, after SCTP where there are data channels: media can flow.
	 * @param dtlsAtMs when DTLS was done
	 */
	onConnected(dtlsAtMs: number): void;
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
	#toldPath = false;
	#ice = false;
	#dtlsAtMs: number | undefined;
	#closed = false;

	constructor(options: PeerOptions) {
		this.#options = options;
		this.connection = new PeerConnection(options.name, rtcConfig(options));
		this.connection.onLocalCandidate((line, mid) => this.#onLocalCandidate(line, mid));
		this.connection.onIceStateChange((state) => this.#onIceState(state));
		this.connection.onStateChange((state) => this.#onState(state));
	}

	/**
	 * Makes the local description; its candidates are left out and trickled. libdatachannel mirrors an offer's NACK.
	 * @throws Error in a state that has no place for one; libdatachannel itself would end the process
	 */
	describe(type: "offer" | "answer"): string {
		const state = this.connection.signalingState();
		if (!describableIn[type].has(state)) throw new Error(`no ${type} in signaling state ${state}`);
		this.connection.setLocalDescription(type);
		const sdp = this.connection.localDescription()?.sdp ?? "";
		return withoutNack(filterSdpCandidates(sdp, () => false));
	}

	setRemoteDescription(sdp: string, type: "offer" | "answer"): void {
		this.connection.setRemoteDescription(
			mapSdpCandidates(sdp, (candidate, line) => this.#remoteLine(candidate, line)),
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
		const written = candidate && this.#remoteLine(candidate, line);
		if (written === undefined) return false;
		this.connection.addRemoteCandidate(written, sdpMid ?? "0");
		return true;
	}

	/** From now on local candidates are told as they come. Idempotent. */
	release(): void {
		if (this.#released || this.#closed) return;
		this.#released = true;
		for (const init of this.#held.splice(0)) this.#options.listener.onLocalCandidate(init);
	}

	/** The selected pair; undefined before there is one. */
	pair(relayProtocol: RelayProtocol): Omit<CandidatePair, "peer"> | undefined {
		const selected = this.connection.getSelectedCandidatePair();
		if (!selected) return undefined;
		// To the library the path is a NAT; to the server it is the host that we said.
		const local = this.#options.path ? "host" : candidateType(selected.local.type);
		const relay = local === "relay" ? { relayProtocol } : {};
		return { local, remote: candidateType(selected.remote.type), protocol: "udp", ...relay };
	}

	/** To be told by who sees the end of DTLS: libdatachannel tells no more than that all is up. */
	sawDtls(atMs: number): void {
		this.#dtlsAtMs ??= atMs;
	}

	close(): void {
		this.#closed = true;
		this.connection.close();
		this.#options.path?.close();
	}

	/** A candidate of the server as the library is to have it; undefined: not at all. */
	#remoteLine(candidate: Candidate, line: string): string | undefined {
		if (!this.#reaches(candidate)) return undefined;
		const { path } = this.#options;
		if (!path) return line;
		const port = path.portFor(candidate);
		return port === undefined ? undefined : withAddress(line, innerAddress, port);
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
		const { policy, listener, clock, path } = this.#options;
		if (!isWanted(policy, candidate)) return;
		if (path) path.libraryPort = candidate.port;
		if (!this.#gathered) listener.onGathered(clock.nowMs());
		this.#gathered = true;
		for (const told of this.#localLines(line)) {
			const init = JSON.stringify({ candidate: told, sdpMid: mid, sdpMLineIndex: 0 });
			if (this.#released) listener.onLocalCandidate(init);
			else this.#held.push(init);
		}
	}

	/** What the server is told of a candidate of ours: where there is a path, its ends, and them once. */
	#localLines(line: string): string[] {
		const { path } = this.#options;
		if (!path) return [line];
		if (this.#toldPath) return [];
		this.#toldPath = true;
		return path.hostCandidates().map(({ address, port }) => withAddress(line, address, port));
	}

	#onIceState(state: string): void {
		// `connected` is a pair that works, `completed` one that is nominated.
		if (this.#closed || this.#ice || state !== "completed") return;
		this.#ice = true;
		this.#options.listener.onIce(this.#options.clock.nowMs());
	}

	#onState(state: string): void {
		if (this.#closed) return;
		const { listener, clock } = this.#options;
		if (state === "connected") listener.onConnected(this.#dtlsAtMs ?? clock.nowMs());
		if (state === "failed") listener.onFailed();
	}
}

/** A second offer before the answer to the first is the first once more. */
const describableIn: Readonly<Record<"offer" | "answer", ReadonlySet<string>>> = {
	offer: new Set(["stable", "have-local-offer"]),
	answer: new Set(["have-remote-offer"]),
};

interface CandidateInit {
	readonly candidate?: string;
	readonly sdpMid?: string | null;
}

function rtcConfig({ turn, path, bindAddress: bound }: PeerOptions): RtcConfig {
	const bindAddress = path ? innerAddress : bound;
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
