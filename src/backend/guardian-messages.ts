/** Parent to guardian. */
export type ToGuardian =
	| {
			readonly kind: "launch";
			/** A path: PATH is not searched. */
			readonly command: string;
			/** Visible in the process list: paths only, never a secret. */
			readonly args: readonly string[];
			/** Removed by the guardian where the parent died and cannot do so itself. */
			readonly folder?: string;
	  }
	| {
			readonly kind: "stop";
			/** From SIGTERM to SIGKILL. */
			readonly graceMs: number;
	  };

/** Guardian to parent. */
export type FromGuardian =
	| { readonly kind: "started"; readonly pid: number }
	| { readonly kind: "failed"; readonly message: string }
	| ({ readonly kind: "exited" } & ChildEnd);

export interface ChildEnd {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** SIGTERM was not enough, SIGKILL was sent. */
	readonly forced: boolean;
}
