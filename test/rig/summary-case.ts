import { type DistributionName, ticksPerUnit } from "../../src/aggregate/catalogue.js";
import { Distribution } from "../../src/aggregate/distribution.js";
import { mosModel } from "../../src/aggregate/mos.js";
import type { Summary } from "../../src/verdict/summary.js";

/** The summary of an invented run that failed: every list of it has something. */
export function summaryCase(
	next: () => number,
	participants: number,
	durationMs: number,
	slower: number,
): Summary {
	const readings = Math.min(5_000, participants * 20);
	const value = (name: DistributionName, of: (tail: number) => number, n = readings) =>
		[name, metric(name, n, () => of(-Math.log(1 - next())))] as const;
	const stage = (name: DistributionName, fromMs: number, tailMs: number) =>
		value(name, (tail) => slower * (fromMs + tail * tailMs), participants);
	return {
		schema: 1,
		verdict: "failed",
		exitCode: 99,
		startedAt: "2026-11-22T14:53:55.979Z",
		durationMs: durationMs + 33.79,
		scenario: "relay",
		seed: 1,
		engines: { lite: "node-datachannel 0.33.4", native: "@livekit/rtc-node 1.1.0" },
		server: { version: "1.13.5", url: "sfu.example.com:443", embedded: false },
		participants: {
			...{ planned: participants, takenOver: 0, joined: participants - 2, failed: 2 },
			...{ lost: 1, left: 0, unfinished: participants - 3, notStarted: 0 },
		},
		packets: {
			sent: 6_000 * participants,
			received: 66_000 * participants,
			lost: 310,
			reordered: 4,
		},
		metrics: Object.fromEntries([
			stage("connect.socket", 12, 6),
			stage("connect.joined", 22, 9),
			stage("connect.gathered", 34, 12),
			stage("connect.ice", 190, 60),
			stage("connect.ice.publisher", 90, 30),
			stage("connect.ice.subscriber", 180, 60),
			stage("connect.dtls", 235, 65),
			stage("connect.dtls.publisher", 130, 30),
			stage("connect.dtls.subscriber", 230, 65),
			stage("connect.published", 250, 70),
			stage("connect.media", 300, 110),
			value("rtp.jitter", (tail) => slower * (0.5 + tail * 1.4)),
			value("rtp.rtt", (tail) => 18 + tail * 3),
			value("audio.mos", (tail) => 4.4 - Math.min(2, tail * 0.05)),
			value("tester.lag", (tail) => tail * 1.7),
			["rtp.loss", lossMetric(readings, next)] as const,
		]),
		unknown: ["connect.heard", "audio.concealment"],
		failures: [
			{ stage: "ice", cause: "ice-timeout", count: 1 },
			{ stage: "socket", cause: "connection-refused", count: 1 },
		],
		lostCauses: [{ cause: "worker-died", count: 1 }],
		reconnects: [{ cause: "resume", count: 4 }],
		candidatePairs: [
			{
				peer: "publisher",
				local: "relay",
				remote: "host",
				protocol: "udp",
				relayProtocol: "tls",
				count: participants - 2,
			},
			{
				peer: "subscriber",
				local: "relay",
				remote: "prflx",
				protocol: "udp",
				relayProtocol: "tls",
				count: 2,
			},
		],
		thresholds: [
			{
				metric: "connect.media",
				expression: "p95 < 500ms",
				observed: 640.25,
				unit: "ms",
				ok: false,
				advisory: false,
			},
			{
				metric: "connect.media",
				expression: "failed < 0.1%",
				observed: 0.1667,
				unit: "ratio",
				ok: false,
				advisory: false,
			},
			{
				metric: "rtp.loss",
				expression: "mean < 0.5%",
				observed: 0.00039,
				unit: "ratio",
				ok: true,
				advisory: false,
			},
			{
				metric: "audio.mos",
				expression: "p50 > 4.2",
				observed: 4.1,
				unit: "mos",
				ok: false,
				advisory: true,
			},
			{
				metric: "audio.silence",
				expression: "ratio < 1%",
				unit: "ratio",
				ok: true,
				advisory: true,
				reason: "no engine of this run can see it",
			},
		],
		faults: [
			{
				...{ do: "restart-turn", atMs: durationMs * 0.5, untilMs: durationMs * 0.56 },
				...{ means: "SIGTERM to coturn, started again", affected: 5, recovered: 4, failed: 1 },
				recoveryMs: { p50: 812, p95: 2_210, max: 2_400 },
				audioGapMs: { p50: 7_700, p95: 9_400, max: 9_600 },
				...{ levelOk: false, levelText: "1 participant fewer than before" },
			},
		],
		invalidities: [],
		mos: { ...mosModel, meanDelayMs: 30.4, lossRatio: 0.0004 },
		tester: {
			cpuSeconds: 41.2,
			maxRssBytes: 347_038_208,
			workers: 3,
			workersDied: 1,
			lagP99Ms: 5.259,
		},
	};
}

function metric(
	name: DistributionName,
	count: number,
	reading: () => number,
): Summary["metrics"][string] {
	const all = new Distribution(name);
	for (let index = 0; index < count; index++) all.record(reading());
	return shape(all);
}

function lossMetric(count: number, next: () => number): Summary["metrics"][string] {
	const all = new Distribution("rtp.loss");
	for (let index = 0; index < count; index++) all.recordRatio(next() < 0.01 ? 3 : 0, 50);
	return shape(all);
}

function shape(all: Distribution): Summary["metrics"][string] {
	const at = (p: number) => all.percentile(p);
	return {
		...{ unit: all.unit, count: all.count, min: all.min, mean: all.mean },
		...{ p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), max: all.max },
		...{ hdr: all.snapshot().hdr, hdrStep: 1 / ticksPerUnit[all.unit] },
	};
}
