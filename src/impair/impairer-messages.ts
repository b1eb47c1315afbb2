import type { Impairment } from "./impairment.js";
import type { FateCounts } from "./packet-fate.js";

/** From which end to which. */
export const directions = ["aToB", "bToA"] as const;
export type Direction = (typeof directions)[number];

/** Where the impairer meets one end: it receives on `own`:`port` and sends to `end`:`port`. */
export interface ImpairerSide {
	readonly own: string;
	readonly end: string;
}

/** What to start with. */
export interface ImpairerOrder {
	readonly a: ImpairerSide;
	readonly b: ImpairerSide;
	readonly port: number;
	readonly seed: number;
}

/** What became of the packets of one direction since the start. */
export interface DirectionCounts extends FateCounts {
	/** Came in from the end, also those that the impairment does not touch. */
	readonly received: number;
	/** Handed to the kernel, with copies. */
	readonly sent: number;
	/** More waited than the impairer holds: loss of its own making, 0 in an honest run. */
	readonly overrun: number;
	readonly waiting: number;
	/** How much later than decided the latest packet left, in milliseconds. */
	readonly latestMs: number;
}

export type ImpairerCounts = Readonly<Record<Direction, DirectionCounts>>;

export type ToImpairer =
	| { readonly kind: "start"; readonly order: ImpairerOrder }
	| {
			readonly kind: "impair";
			readonly direction: Direction;
			readonly impairment: Partial<Impairment>;
	  }
	| { readonly kind: "count" }
	| { readonly kind: "stop" };

/** Each message to the impairer is answered by one from it, in the same order. */
export type FromImpairer =
	| { readonly kind: "done" }
	| { readonly kind: "counts"; readonly counts: ImpairerCounts }
	/** `sentence`: what was wrong. */
	| { readonly kind: "refused"; readonly sentence: string };
