import type { OnProgress } from "./progress.js";

export interface GetRequest {
	/** With the leading `v`. */
	readonly version: string;
	/** An empty folder on the cache's file system; the caller moves the result into place and removes the rest. */
	readonly workFolder: string;
	readonly env: NodeJS.ProcessEnv;
	readonly onProgress: OnProgress;
	readonly signal: AbortSignal;
}

/** One way to get a livekit-server binary. */
export interface GetWay {
	/** As people call it, for progress lines: "release archive". */
	readonly name: string;
	/**
	 * Returns the path of a verified executable inside `workFolder`. Rejects with an Error whose
	 * message says in a few words why this way does not work here; the next way is tried then.
	 */
	get(request: GetRequest): Promise<string>;
}
