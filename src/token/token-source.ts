/** Who wants to join, and what for. */
export interface TokenRequest {
	readonly identity: string;
	readonly room: string;
	readonly canPublish: boolean;
	readonly canSubscribe: boolean;
	/** @default false */
	readonly canPublishData?: boolean;
	/** 0-based number of the participant. */
	readonly index: number;
}

/** What a participant joins with. Never logged. */
export interface JoinToken {
	readonly token: string;
	/** The LiveKit URL, where a token service names it. */
	readonly url?: string;
}

/** Where access tokens come from: one file per kind. */
export interface TokenSource {
	readonly kind: "minted" | "service" | "given";
	/** @throws JoinError of stage `credentials` when a token service fails, or nobody hands one out. */
	tokenFor(request: TokenRequest): Promise<JoinToken>;
}
