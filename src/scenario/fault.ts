/** Done to single participants, by LiveKit's own means. */
export const blows = ["signal-drop", "full-reconnect", "node-migration", "server-leave"] as const;
export type Blow = (typeof blows)[number];

/** Done to the network between livesoak and the server that it started, for a stretch of time. */
export const networkFaults = [
	"loss",
	"delay",
	"jitter",
	"reorder",
	"duplicate",
	"bandwidth",
	"partition",
] as const;
export type NetworkFault = (typeof networkFaults)[number];

export const faultKinds = [
	...blows,
	"herd",
	"restart-server",
	"restart-turn",
	"kill-worker",
	...networkFaults,
] as const;
/** The word after `do:`; a bounded set, used as a metric label. */
export type FaultKindName = (typeof faultKinds)[number];

/** What is done. Shares are above 0, at most 1. */
export type FaultEffect =
	| { readonly do: Blow; readonly share: number }
	/** All of the share leave at once, and join again `awayMs` later, at once. */
	| { readonly do: "herd"; readonly share: number; readonly awayMs: number }
	/** `crash`: SIGKILL. `stop`: SIGTERM twice, on which livekit-server sends everybody out for good. */
	| { readonly do: "restart-server"; readonly how: "crash" | "stop" }
	| { readonly do: "restart-turn" | "kill-worker" }
	| NetworkEffect;

export type NetworkEffect = { readonly forMs: number } & (
	| { readonly do: "loss"; readonly ratio: number }
	| { readonly do: "duplicate"; readonly ratio: number }
	| { readonly do: "reorder"; readonly ratio: number; readonly byMs: number }
	| { readonly do: "delay" | "jitter"; readonly byMs: number }
	| { readonly do: "bandwidth"; readonly kilobitsPerSecond: number }
	| { readonly do: "partition" }
);

/** One entry of `faults`. Times from the start of the run, in milliseconds. */
export interface Fault {
	readonly when:
		| { readonly kind: "at"; readonly atMs: number }
		/** Again and again, for the first time after the first interval. */
		| { readonly kind: "every"; readonly everyMs: number };
	readonly effect: FaultEffect;
	/** A participant whose media is not back by then has not recovered. */
	readonly withinMs: number;
}

export function isNetworkEffect(effect: FaultEffect): effect is NetworkEffect {
	return "forMs" in effect;
}
