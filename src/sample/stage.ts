/**
 * The stages of one connect, in order. Each has its own histogram, counted from `scheduled`:
 * - `socket`: DNS, TCP, TLS and the WebSocket upgrade are done
 * - `joined`: the JoinResponse arrived
 * - `gathered`: the first local candidate of the kind the ICE policy wants (a milestone: a failure
 *   to gather is a failure of stage `ice`)
 * - `ice`: a candidate pair is nominated (RFC 8445)
 * - `dtls`: DTLS is done; where an engine cannot tell, the peer connection is connected
 * - `published`: the first own RTP packet was sent
 * - `media`: the first remote RTP packet was received
 * - `heard`: the first decoded frame that is not silent
 */
export const stages = [
	"socket",
	"joined",
	"gathered",
	"ice",
	"dtls",
	"published",
	"media",
	"heard",
] as const;

export type Stage = (typeof stages)[number];

/**
 * `ice` and `dtls` of each peer connection apart, where an engine sees them. The stage of the bare name is
 * reached with the last peer connection that the participant needs.
 */
export const peerStages = [
	"ice.publisher",
	"ice.subscriber",
	"dtls.publisher",
	"dtls.subscriber",
] as const;

export type PeerStage = (typeof peerStages)[number];

/** Everything of a connect that has a time, and a distribution of its own: `connect.<name>`. */
export const connectStages = [...stages, ...peerStages] as const;

export type ConnectStage = (typeof connectStages)[number];

/** Where a participant can fail: before the socket there is the credential. */
export type FailureStage = "credentials" | Stage;
