import type { Trial } from "./trial.js";

/** One figure of a comparison: a row of its table. */
export interface Figure {
	readonly name: string;
	readonly unit: string;
	/** Less is better, or more. */
	readonly better: "less" | "more";
	/** Digits after the point. */
	readonly digits: number;
	/** Undefined where the run did not bring it. */
	readonly of: (run: Run) => number | undefined;
}

/** A tester's turn in a pair: one measured run, and how fast it can join. */
export interface Run {
	readonly trial: Trial;
	/** Of a run of its own, everybody at once; absent where the tester has no such mode. */
	readonly burstJoinsPerSecond?: number | undefined;
}

const megabyte = 1_000_000;

export const figures: readonly Figure[] = [
	{
		...{ name: "CPU per delivered packet, steady part", unit: "µs", better: "less", digits: 2 },
		of: ({ trial: { steady } }) => ratio(steady.cpuSeconds * 1e6, steady.packets),
	},
	{
		...{ name: "CPU per delivered packet, whole run", unit: "µs", better: "less", digits: 2 },
		of: ({ trial: { whole, told } }) => ratio(whole.cpuSeconds * 1e6, told.packets),
	},
	{
		...{ name: "RSS per participant, peak", unit: "MB", better: "less", digits: 2 },
		of: ({ trial: { whole, participants } }) => whole.peakRssBytes / megabyte / participants,
	},
	{
		...{ name: "RSS of all processes, peak", unit: "MB", better: "less", digits: 0 },
		of: ({ trial: { whole } }) => whole.peakRssBytes / megabyte,
	},
	{
		...{
			name: "PSS per participant, end of the steady part",
			unit: "MB",
			better: "less",
			digits: 2,
		},
		of: ({ trial: { steady, participants } }) => steady.pssBytes / megabyte / participants,
	},
	{
		...{ name: "joins, as fast as it can", unit: "1/s", better: "more", digits: 1 },
		of: ({ trial, burstJoinsPerSecond }) => burstJoinsPerSecond ?? trial.joinsPerSecond,
	},
];

/** Rows that say whether the work was the same; a ratio of them is no merit. */
export const checks: readonly Figure[] = [
	{
		...{
			name: "packets a second and stream, by the server",
			unit: "1/s",
			better: "more",
			digits: 1,
		},
		of: ({ trial: { steady, streams } }) => ratio(steady.packets * 1000, steady.ms * streams),
	},
	{
		...{ name: "the same, by the tester itself", unit: "1/s", better: "more", digits: 1 },
		of: ({ trial: { steady, streams } }) => {
			return steady.toldPerSecond === undefined ? undefined : steady.toldPerSecond / streams;
		},
	},
	{
		...{
			name: "packets received, by the tester itself, whole run",
			unit: "",
			better: "more",
			digits: 0,
		},
		of: ({ trial }) => trial.told.packets,
	},
	{
		...{ name: "packets delivered, by the server, whole run", unit: "", better: "more", digits: 0 },
		of: ({ trial }) => trial.whole.packets,
	},
	{
		...{ name: "packets lost, by the tester itself", unit: "", better: "less", digits: 0 },
		of: ({ trial }) => trial.told.lost,
	},
	{
		...{ name: "CPU of the server, steady part", unit: "% of a core", better: "less", digits: 0 },
		of: ({ trial: { steady } }) => (steady.serverCpuSeconds * 100_000) / steady.ms,
	},
	{
		...{ name: "load average of the machine before", unit: "", better: "less", digits: 1 },
		of: ({ trial }) => trial.loadAverage,
	},
];

function ratio(above: number, below: number): number | undefined {
	return below > 0 ? above / below : undefined;
}
