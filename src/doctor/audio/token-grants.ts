/** What a token allows, as far as hearing and being heard go. LiveKit takes what is not said for allowed. */
export interface TokenGrants {
	/** A microphone track: `canPublish`, and `canPublishSources` where that is given. */
	readonly canPublish: boolean;
	readonly canSubscribe: boolean;
}

/** Reads them without verifying anything: that is the server's part. What cannot be read counts as allowed. */
export function tokenGrants(token: string): TokenGrants {
	const video = videoClaim(token);
	const sources = video?.canPublishSources;
	const mayMicrophone = !Array.isArray(sources) || sources.length === 0 || hasMicrophone(sources);
	return {
		canPublish: video?.canPublish !== false && mayMicrophone,
		canSubscribe: video?.canSubscribe !== false,
	};
}

interface VideoClaim {
	readonly canPublish?: unknown;
	readonly canPublishSources?: unknown;
	readonly canSubscribe?: unknown;
}

function videoClaim(token: string): VideoClaim | undefined {
	try {
		const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
		const claims = JSON.parse(payload) as { video?: VideoClaim };
		return claims.video;
	} catch {
		return undefined;
	}
}

function hasMicrophone(sources: readonly unknown[]): boolean {
	return sources.some((source) => String(source).toLowerCase() === "microphone");
}
