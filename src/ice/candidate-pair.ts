/** Candidate types of RFC 8445. */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** The selected pair of one peer connection, as W3C webrtc-stats names its parts. */
export interface CandidatePair {
	/** `both` where LiveKit's single peer connection (`/rtc/v1`) carries both directions. */
	readonly peer: "publisher" | "subscriber" | "both";
	readonly local: CandidateType;
	readonly remote: CandidateType;
	/** Transport between the local base and its first hop. */
	readonly protocol: "udp" | "tcp";
	/** Client to TURN server transport; present for a local relay candidate only. */
	readonly relayProtocol?: "udp" | "tcp" | "tls";
}
