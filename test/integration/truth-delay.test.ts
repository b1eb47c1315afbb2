import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Impairment } from "../../src/impair/impairment.js";
import { withCaptures } from "../rig/capture.js";
import { lenient, withCli } from "../rig/cli.js";
import { type EmulatedLink, startEmulatedLink } from "../rig/emulated-link.js";
import { type ServerInNamespace, startLiveKitIn } from "../rig/livekit-in-namespace.js";
import { shownMs, tableOf } from "../rig/markdown-table.js";
import { type ImpairedNetwork, makeImpairedNetwork } from "../rig/network-namespace.js";
import { requirePart } from "../rig/real-parts.js";
import { rtpStreams } from "../rig/rtp-stream.js";
import { jitterReadings } from "../rig/run-moments.js";
import { runWatched } from "../rig/watched-run.js";

const engines = ["lite", "native"] as const;
const publishers = 3;
const seed = 4;
/** See truth.test.ts: libwebrtc leaves out what comes before its receiver stands. */
const uncountedAtStart = { lite: 0, native: 3 } as const;

/** No more than the distance of two packets: they keep their order, and libwebrtc leaves none out of its jitter. */
const varying = { delayMs: 30, jitterMs: 20 };
/** libwebrtc tells whole milliseconds. */
const shownAs = { lite: (ms: number) => ms, native: Math.round } as const;
/** Held back by more than two packets' distance; copies run a race of their own. */
const disorder = {
	...{ delayMs: 20, jitterMs: 4, duplicateRatio: 0.01 },
	...{ reorderRatio: 0.02, reorderMs: 45 },
};

const cli = withCli();
const startCapture = withCaptures();
const jitterRows: string[][] = [];
const countRows: string[][] = [];
afterAll(() => {
	const counts =
		"engine, counted, on the wire, of them copies, of them late, lost counted, lost on the wire";
	const table = [
		...tableOf("engine, jitter in ms, told, capture", jitterRows),
		"",
		...tableOf(counts, countRows),
	];
	process.stdout.write(`\n${table.join("\n")}\n\n`);
});

requirePart(
	"tshark",
	"iproute2",
	"nftables",
	"root",
)("over an emulated link", () => {
	let network: ImpairedNetwork;
	let link: EmulatedLink;
	let server: ServerInNamespace;
	beforeAll(async () => {
		network = makeImpairedNetwork();
		link = await startEmulatedLink(network, seed);
		server = await startLiveKitIn(link.server);
	});
	afterAll(async () => {
		await server?.stop();
		await link?.stop();
		network?.remove();
	});

	describe.each(engines)("%s", (engine) => {
		test("tells the jitter of RFC 3550 where the delay varies by up to 20 ms", async () => {
			const { summary, events, streams } = await run(engine, varying, {
				delayMs: 30,
			});
			const readings = jitterReadings(events, streams, publishers).map(shownAs[engine]);
			const told = summary.metrics["rtp.jitter"];
			const truth = { mean: sum(readings) / readings.length, max: Math.max(...readings) };
			for (const figure of ["mean", "max"] as const) {
				jitterRows.push([engine, figure, shownMs(told?.[figure]), shownMs(truth[figure])]);
			}
			expect(told?.count).toBe(readings.length);
			// Two delays, each uniform over 20 ms, differ by a third of that.
			expect(truth.mean).toBeGreaterThan(4);
			for (const figure of ["mean", "max"] as const) {
				// Arrival times are no better than the tester says its own event loop is: but a third would be no truth.
				const lagMs = Math.min(summary.tester.lagP99Ms ?? 0, truth[figure] / 3);
				const tolerance = Math.max(1, truth[figure] / 10, lagMs);
				expect(Math.abs((told?.[figure] ?? Number.NaN) - truth[figure])).toBeLessThanOrEqual(
					tolerance,
				);
			}
		});

		test("takes neither late packets for lost ones, nor copies for packets", async () => {
			const { summary, streams } = await run(engine, disorder, disorder);
			const { packets: told } = summary;
			const of = (figure: "distinct" | "reordered" | "lost") =>
				sum(streams.map((stream) => stream[figure]));
			const copies = sum(streams.map(({ packets, distinct }) => packets.length - distinct));
			const wire = `${of("distinct") + copies}`;
			const seen = [wire, `${copies}`, `${of("reordered")}`];
			countRows.push([engine, `${told.received}`, ...seen, `${told.lost}`, `${of("lost")}`]);

			for (const many of [copies, of("reordered")]) expect(many).toBeGreaterThan(0);
			expect(of("lost")).toBe(0);
			expect(told.received).toBeLessThanOrEqual(of("distinct"));
			const least = of("distinct") - uncountedAtStart[engine] * publishers;
			expect(told.received).toBeGreaterThanOrEqual(least);
			expect(told.lost).toBe(0);
		});
	});

	/** The link is harmed from before the first join on. */
	async function run(engine: string, toClient: Partial<Impairment>, toServer: Partial<Impairment>) {
		await link.impair({ toClient, toServer });
		const before = await link.counts();
		const { atServer, atClient, ...told } = await runWatched({
			...{ cli: cli(), yaml: scenario(engine), server, ends: link, startCapture },
			harm: () => {},
			cut: () => link.impair({ toClient: { only: "rtp", lossRatio: 1 }, toServer }),
		});
		const streams = rtpStreams(atClient.filter(({ fromServer }) => fromServer));
		expect(streams).toHaveLength(publishers);
		// The link itself: it lost nothing of its own, and did not keep packets longer than it was asked to.
		const { aToB, bToA } = await link.counts();
		for (const { overrun, overflowed } of [aToB, bToA])
			expect({ overrun, overflowed }).toEqual({ overrun: 0, overflowed: 0 });
		const harmed = aToB.lost - before.aToB.lost;
		const sentOff = rtpStreams(atServer.filter(({ fromServer }) => fromServer));
		const missing =
			sum(sentOff.map(({ distinct }) => distinct)) - sum(streams.map((s) => s.distinct));
		expect(missing).toBe(harmed);
		return { ...told, streams };
	}
});

function scenario(engine: string): string {
	return `
name: truth-delay
participants: { publishers: ${publishers}, subscribers: 1 }
engine: ${engine}
audio: { source: speech, dtx: false }
load: [{ ramp: 500ms, to: 100% }, { hold: 10s }]
${lenient}
`;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
