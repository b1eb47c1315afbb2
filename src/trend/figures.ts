/** A figure whose drift over hours is looked for. */
export interface TrendFigure {
	readonly name: TrendFigureName;
	readonly unit: "bytes" | "ratio" | "ms";
	/** What it is, for people. */
	readonly title: string;
	/** A slope an hour that is smaller than either is of no matter: a share of the level, and a size. */
	readonly leastShare: number;
	readonly leastPerHour: number;
}

export const trendFigureNames = [
	"tester.memory",
	"server.memory",
	"turn.memory",
	"rtp.loss",
	"rtp.jitter",
	"connect.media",
] as const;

export type TrendFigureName = (typeof trendFigureNames)[number];

const memory = { unit: "bytes", leastShare: 0.01, leastPerHour: 1_000_000 } as const;

/** What is looked at, in the order in which it is shown. */
export const trendFigures: readonly TrendFigure[] = [
	{ name: "tester.memory", title: "memory of the tester", ...memory },
	{ name: "server.memory", title: "memory of the server", ...memory },
	{ name: "turn.memory", title: "memory of the TURN server", ...memory },
	{ name: "rtp.loss", title: "packet loss", unit: "ratio", leastShare: 0, leastPerHour: 0.001 },
	{ name: "rtp.jitter", title: "jitter", unit: "ms", leastShare: 0.05, leastPerHour: 0.5 },
	{ name: "connect.media", title: "connect time", unit: "ms", leastShare: 0.05, leastPerHour: 10 },
];

/** The smallest slope an hour that matters at this level. */
export function leastThatMatters(figure: TrendFigure, level: number): number {
	return Math.max(figure.leastPerHour, figure.leastShare * Math.abs(level));
}

/** `12.3 MB`, `0.20 percentage points`, `4.5 ms`, without a sign. */
export function sizeText(unit: TrendFigure["unit"], value: number): string {
	const size = Math.abs(value);
	if (unit === "ratio") return `${digits(size * 100)} percentage points`;
	if (unit === "ms") return `${digits(size)} ms`;
	if (size >= 1e9) return `${digits(size / 1e9)} GB`;
	return size >= 1e5 ? `${digits(size / 1e6)} MB` : `${digits(size / 1e3)} kB`;
}

function digits(value: number): string {
	return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
