/** One TURN server with its credentials, as a peer connection takes it (RFC 7065 URIs). */
export interface IceServer {
	readonly urls: readonly string[];
	readonly username: string;
	readonly password: string;
}
