/** What became of one participant that a fault met. */
export type Recovery = {
	/** Longest time without RTP from the fault on; of one who only publishes, without RTP of its own. */
	readonly gapMs: number;
} & (
	| {
			readonly outcome: "recovered";
			/** To the first RTP after the last interruption; 0 where there was none. */
			readonly recoveryMs: number;
	  }
	/** Lost, or still without media when its time was over. */
	| { readonly outcome: "failed" }
);
