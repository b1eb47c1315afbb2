/**
 * The stages of one connect, in order. Each has its own histogram, counted from `scheduled`:
 * - `socket`: DNS, TCP, TLS and the WebSocket upgrade are done
 * - `joined`: the JoinResponse arrived
 * - `gathered`: the first local candidate of the kind the ICE policy wants (a milestone: a failure
 *   to gather is a failure of stage `ice`)
 * - `ice`: a candidate pair is nominated (RFC 8445)
 * - `dtls`: the peer connection is connected
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

/** Where a participant can fail: before the socket there is the credential. */
export type FailureStage = "credentials" | Stage;
