/** What is done to the packets that go one way. Delays in milliseconds, shares from 0 to 1. */
export interface Impairment {
	/** Packets of other kinds pass at once and unharmed. `rtp`: RTP without RTCP. @default "all" */
	readonly only: "all" | "udp" | "rtp";
	/** Each packet is lost with this probability, whatever became of the others. 1 is a partition. @default 0 */
	readonly lossRatio: number;
	/** Of every packet. @default 0 */
	readonly delayMs: number;
	/**
	 * A further delay of every packet, uniform from 0 to this. Packets closer together than this overtake one
	 * another, as in Linux' netem. @default 0
	 */
	readonly jitterMs: number;
	/** This share of the packets is held back by `reorderMs` more: those behind them overtake. @default 0 */
	readonly reorderRatio: number;
	/** @default 0 */
	readonly reorderMs: number;
	/** This share of the packets arrives twice, the copy with a jitter of its own. @default 0 */
	readonly duplicateRatio: number;
	/** A pipe of this width, in front of the delay. @default Infinity */
	readonly kilobitsPerSecond: number;
	/** What would have to wait longer than this for the pipe is dropped. @default 200 */
	readonly queueMs: number;
}

export const noImpairment: Impairment = {
	...{ only: "all", lossRatio: 0, delayMs: 0, jitterMs: 0 },
	...{ reorderRatio: 0, reorderMs: 0, duplicateRatio: 0 },
	...{ kilobitsPerSecond: Number.POSITIVE_INFINITY, queueMs: 200 },
};

/** What is not said is not done. @throws RangeError that names the figure, and what would be right */
export function impairment(asked: Partial<Impairment>): Impairment {
	const whole = { ...noImpairment, ...asked };
	for (const name of ["lossRatio", "reorderRatio", "duplicateRatio"] as const)
		check(name, whole[name], whole[name] >= 0 && whole[name] <= 1, "from 0 to 1");
	for (const name of ["delayMs", "jitterMs", "reorderMs", "queueMs"] as const)
		check(name, whole[name], whole[name] >= 0 && whole[name] <= mostMs, `from 0 to ${mostMs}`);
	const { kilobitsPerSecond, reorderRatio, reorderMs } = whole;
	check("kilobitsPerSecond", kilobitsPerSecond, kilobitsPerSecond > 0, "above 0");
	const isReordered = reorderRatio > 0 === reorderMs > 0;
	check("reorderMs", reorderMs, isReordered, "above 0 together with reorderRatio, or neither");
	return whole;
}

/** A minute in the network is a fault of the figure, not of the network. */
const mostMs = 60_000;

function check(name: string, value: number, isRight: boolean, right: string): void {
	if (!isRight) throw new RangeError(`${name}: ${value}, expected ${right}`);
}
