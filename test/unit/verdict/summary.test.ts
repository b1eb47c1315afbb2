import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { Aggregates } from "../../../src/aggregate/aggregates.js";
import { fold } from "../../../src/aggregate/fold.js";
import type { ParticipantLabels } from "../../../src/sample/sample.js";
import { jsonSchemaText } from "../../../src/scenario/json-schema.js";
import { buildSummary, hostOf, type SummaryInputs } from "../../../src/verdict/build-summary.js";
import { evaluate } from "../../../src/verdict/evaluate.js";
import { summarySchema } from "../../../src/verdict/summary.js";
import { parseThreshold } from "../../../src/verdict/threshold.js";

const schemaFile = new URL("../../../schema/summary.schema.json", import.meta.url);
const labels: ParticipantLabels = { engine: "native", ice: "relay-tls", role: "both" };

function measured(): Aggregates {
	const totals = new Aggregates();
	const pair = { peer: "both", local: "relay", remote: "host", protocol: "udp" } as const;
	for (const sinceScheduledMs of [120, 250.5]) {
		fold(totals, { kind: "begun", labels, lateMs: 1 });
		fold(totals, { kind: "joined", labels });
		fold(totals, { kind: "stage", labels, stage: "media", sinceScheduledMs });
		fold(totals, { kind: "pair", labels, pair: { ...pair, relayProtocol: "tls" } });
		fold(totals, { kind: "left", labels });
	}
	fold(totals, { kind: "begun", labels, lateMs: 1 });
	fold(totals, { kind: "failed", labels, stage: "ice", cause: "turn-unreachable" });
	fold(totals, { kind: "pair", labels, pair: { ...pair, local: "host" } });
	fold(totals, { kind: "reconnect", labels, cause: "resume", durationMs: 300 });
	fold(totals, { kind: "lag", lagMs: 4 });
	const track = { durationMs: 1000, packetsReceived: 99, packetsLost: 1, bytesReceived: 9000 };
	const window = { durationMs: 1000, packetsSent: 50, bytesSent: 1, audioFramesLate: 0 };
	const tracks = [{ ...track, jitterMs: 2, oneWayDelayMs: 80, mos: 4.2 }];
	fold(totals, { kind: "media", labels, window: { ...window, audioFramesDue: 50, tracks } });
	return totals;
}

function inputs(totals: Aggregates): SummaryInputs {
	const thresholds = [
		parseThreshold("connect.media", "p95 < 2s"),
		parseThreshold("audio.silence", "ratio < 1%", { advisory: true }),
	];
	const unseen = new Map([["audio.silence", ["native"]]]);
	return {
		decision: { verdict: "passed", exitCode: 0 },
		startedAt: "2026-11-22T14:00:00.000Z",
		durationMs: 20_000,
		scenario: "smoke",
		seed: 7,
		engines: { native: "1.1.0" },
		server: {
			version: "1.13.5",
			url: "wss://user:pw@lk.example:7880/rtc?token=x",
			embedded: false,
		},
		planned: 4,
		totals,
		thresholds: evaluate(thresholds, totals, unseen),
		invalidities: [],
		unseen,
		tester: { cpuSeconds: 3.5, maxRssBytes: 1e8, workers: 2, workersDied: 0 },
	};
}

describe("the summary", () => {
	const totals = measured();
	const summary = buildSummary(inputs(totals));

	it("says what was measured", () => {
		expect(summary.participants).toEqual({
			...{ planned: 4, takenOver: 0, joined: 2, failed: 1 },
			...{ lost: 0, left: 2, unfinished: 0, notStarted: 1 },
		});
		expect(summary.packets).toEqual({ sent: 50, received: 99, lost: 1 });
		expect(summary.failures).toEqual([{ stage: "ice", cause: "turn-unreachable", count: 1 }]);
		expect(summary.reconnects).toEqual([{ cause: "resume", count: 1 }]);
		expect(summary.lostCauses).toEqual([]);
		expect(summary.tester.lagP99Ms).toBe(4);
		expect(summary.metrics["connect.media"]).toMatchObject({
			...{ unit: "ms", count: 2, min: 120, mean: 185.25, max: 250.5, hdrStep: 0.001 },
		});
		expect(summary.metrics["rtp.loss"]).toMatchObject({
			...{ unit: "ratio", count: 1, mean: 0.01, numerator: 1, denominator: 100 },
		});
		expect(summary.mos).toMatchObject({ ie: 0, bpl: 25, meanDelayMs: 80, lossRatio: 0.01 });
	});

	it("tells a relayed pair from a direct one", () => {
		const direct = { peer: "both", local: "host", remote: "host", protocol: "udp", count: 1 };
		expect(summary.candidatePairs).toEqual([
			direct,
			{ ...direct, local: "relay", relayProtocol: "tls", count: 2 },
		]);
	});

	it("lists as unknown what no engine saw, and never as zero", () => {
		expect(summary.unknown).toEqual(["audio.silence"]);
		expect(summary.metrics).not.toHaveProperty(["audio.silence"]);
		expect(summary.thresholds[1]).toEqual({
			...{ metric: "audio.silence", expression: "ratio < 1%", unit: "ratio" },
			...{ ok: false, advisory: true, reason: "not visible to engine native" },
		});
	});

	it("holds histograms that merge with those of another run", () => {
		const metric = summary.metrics["connect.media"];
		if (metric === undefined) throw new Error("connect.media is missing");
		const numerator = Math.round((metric.mean * metric.count) / metric.hdrStep);
		const ticks = (value: number) => Math.round(value / metric.hdrStep);
		const other = new Aggregates();
		other.record("connect.media", 400);
		const extremes = { min: ticks(metric.min), max: ticks(metric.max) };
		const part = { hdr: metric.hdr, numerator, denominator: metric.count, ...extremes };
		other.merge({ counters: {}, distributions: { "connect.media": part } });
		const both = measured();
		both.record("connect.media", 400);
		expect(other.toSummary()["connect.media"]).toEqual(both.toSummary()["connect.media"]);
	});

	it("fits its zod schema and the published JSON Schema, also after JSON", () => {
		const validate = new Ajv({ strict: false }).compile(
			JSON.parse(readFileSync(schemaFile, "utf8")),
		);
		for (const each of [summary, buildSummary(inputs(new Aggregates()))]) {
			const wire = JSON.parse(JSON.stringify(each));
			expect(summarySchema.parse(wire)).toEqual(each);
			expect(validate(wire), JSON.stringify(validate.errors)).toBe(true);
		}
		expect(validate({ ...JSON.parse(JSON.stringify(summary)), verdict: "fine" })).toBe(false);
	});

	it("keeps no more of the server's address than host and port", () => {
		expect(summary.server.url).toBe("lk.example:7880");
		expect(JSON.stringify(summary)).not.toMatch(/pw|token=/);
		expect(hostOf("ws://[::1]:7880")).toBe("[::1]:7880");
		expect(hostOf("127.0.0.1:7880")).toBe("127.0.0.1:7880");
		expect(hostOf("a:b@c:d@host/x")).toBe("host");
	});
});

describe("schema/summary.schema.json", () => {
	it("is current (else: npm run schema)", () => {
		expect(readFileSync(schemaFile, "utf8")).toBe(jsonSchemaText(summarySchema));
	});
});
