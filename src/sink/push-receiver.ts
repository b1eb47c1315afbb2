import type { Registry } from "prom-client";
import type { RunInfo } from "../run/run-info.js";

/** What is pushed: the metrics as they stand, and the moment they are of. */
export interface Push {
	readonly run: RunInfo;
	readonly registry: Registry;
	/** Epoch milliseconds of the view behind the figures. */
	readonly atMs: number;
}

/** Where figures are pushed to: one file per kind. */
export interface PushReceiver {
	/** Flag and address, for messages; holds no secret. */
	readonly name: string;
	/** Resolves when the receiver has taken all of it. @throws an Error whose message says why not */
	push(push: Push, signal: AbortSignal): Promise<void>;
}
