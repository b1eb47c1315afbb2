import { expect, test } from "vitest";
import {
	type TrendFigure,
	type TrendFigureName,
	trendFigures,
} from "../../../src/trend/figures.js";
import { steadyStretch } from "../../../src/trend/steady.js";
import { trendOf } from "../../../src/trend/trend.js";
import { noise } from "./noise.js";

const minuteMs = 60_000;
const mb = 1e6;

function figureOf(name: TrendFigureName): TrendFigure {
	const figure = trendFigures.find((one) => one.name === name);
	if (!figure) throw new Error(name);
	return figure;
}

/** Ten minutes in bins of 10 s. */
function trend(name: TrendFigureName, valueAt: (hours: number, noise: number) => number, seed = 1) {
	const points = noise(60, seed, 0.4).map((wobble, n) => ({
		atMs: n * 10_000,
		value: valueAt((n * 10_000) / 3.6e6, wobble),
	}));
	return trendOf(figureOf(name), points, { fromMs: 0, untilMs: 590_000 });
}

test("a leak is named with its size an hour", () => {
	const found = trend(
		"server.memory",
		(hours, wobble) => 120 * mb + 60 * mb * hours + 0.2 * mb * wobble,
	);
	expect(found).toMatchObject({ drifts: true, unit: "bytes" });
	expect(found?.perHour).toBeGreaterThan(55 * mb);
	expect(found?.perHour).toBeLessThan(65 * mb);
	expect(found?.text).toMatch(
		/^memory of the server: grows by (5|6)\d\.\d MB an hour \(99 % interval \+/,
	);
});

test.each([0.01, 0.02, 0.04])(
	"memory that fills up within %f h and stays is no leak",
	(fullHours) => {
		for (let seed = 1; seed <= 50; seed++) {
			const filling = (hours: number) => 100 * mb + 20 * mb * (1 - Math.exp(-hours / fullHours));
			const found = trend("tester.memory", (hours, wobble) => filling(hours) + mb * wobble, seed);
			expect(found?.drifts).toBe(false);
		}
	},
);

test("what the second half alone does not show may have settled", () => {
	const found = trend(
		"tester.memory",
		(hours, wobble) => 100 * mb + 60 * mb * hours + 2 * mb * wobble,
	);
	expect(found?.interval[0]).toBeGreaterThan(0);
	expect(found).toMatchObject({ drifts: false });
	expect(found?.text).toContain("may have settled");
});

test("a sure slope that is too small to matter is steady", () => {
	const found = trend("rtp.jitter", (hours) => 4 + 0.1 * hours);
	expect(found?.interval[0]).toBeGreaterThan(0);
	expect(found).toMatchObject({ drifts: false });
	expect(found?.text).toContain("steady");
});

test("what is too noisy is said to be unknown, not steady", () => {
	const found = trend("connect.media", (_, wobble) => 300 + 100 * wobble);
	expect(found?.drifts).toBe(false);
	expect(found?.text).toContain("no drift that could be told");
});

test("flat noise is called a drift in at most 5 % of 300 runs", () => {
	let alarms = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const found = trend("server.memory", (_, wobble) => 100 * mb + mb * wobble, seed);
		if (found?.drifts) alarms++;
	}
	expect(alarms).toBeLessThanOrEqual(15);
});

test("rising loss is told in percentage points", () => {
	const found = trend("rtp.loss", (hours, wobble) => 0.01 + 0.02 * hours + 0.0001 * wobble);
	expect(found).toMatchObject({ drifts: true });
	expect(found?.text).toMatch(/^packet loss: grows by (1\.9|2\.0)\d percentage points an hour/);
});

test("a few minutes say nothing about hours", () => {
	const points = noise(30, 1, 0).map((value, n) => ({ atMs: n * 5_000, value }));
	expect(trendOf(figureOf("rtp.jitter"), points, { fromMs: 0, untilMs: 145_000 })).toBeUndefined();
});

test.each([
	[
		"a hold after a ramp, without its first tenth",
		[
			[0, 0],
			[1, 50],
			[11, 50],
		],
		{ fromMs: 2 * minuteMs, untilMs: 11 * minuteMs },
	],
	[
		"the longest of two holds",
		[
			[0, 0],
			[0, 50],
			[6, 50],
			[7, 100],
			[27, 100],
			[28, 0],
		],
		{ fromMs: 9 * minuteMs, untilMs: 27 * minuteMs },
	],
	[
		"arrivals that waver",
		[
			[0, 0],
			[5, 100],
			[10, 95],
			[15, 103],
			[20, 97],
			[25, 20],
		],
		{ fromMs: 6.5 * minuteMs, untilMs: 20 * minuteMs },
	],
	[
		"no more than five minutes of warm-up",
		[
			[0, 9],
			[600, 9],
		],
		{ fromMs: 5 * minuteMs, untilMs: 600 * minuteMs },
	],
	[
		"a short hold",
		[
			[0, 0],
			[1, 50],
			[5.9, 50],
		],
		undefined,
	],
	[
		"a ramp alone",
		[
			[0, 0],
			[60, 500],
		],
		undefined,
	],
	[
		"nobody",
		[
			[0, 0],
			[60, 0],
		],
		undefined,
	],
] as const)("steady: %s", (_, corners, expected) => {
	const steps = corners.map(([minutes, participants]) => ({
		atMs: minutes * minuteMs,
		participants,
	}));
	expect(steadyStretch(steps)).toEqual(expected);
});

test("what gets better is told, and is no drift", () => {
	const found = trend("rtp.jitter", (hours, wobble) => 20 - 60 * hours + 0.1 * wobble);
	expect(found).toMatchObject({ drifts: false });
	expect(found?.text).toMatch(/^jitter: falls by (59|60)\.\d ms an hour/);
});

test("memory that grows for ten minutes may be warming up, over hours it is not", () => {
	const growing = (everyMs: number) => {
		const points = noise(60, 5, 0).map((wobble, n) => ({
			atMs: n * everyMs,
			value: 1e8 + 1e4 * n * everyMs + 1e6 * wobble,
		}));
		const span = { fromMs: 0, untilMs: 59 * everyMs };
		return trendOf(figureOf("server.memory"), points, span);
	};
	expect(growing(10_000)).toMatchObject({ drifts: true });
	expect(growing(10_000)?.text).toContain("for 10 minutes only");
	expect(growing(120_000)).toMatchObject({ drifts: true });
	expect(growing(120_000)?.text).not.toContain("warming up");
});
