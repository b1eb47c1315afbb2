import { describe, expect, test } from "vitest";
import { receivedPerSecond } from "../../../bench/livesoak-tester.js";
import { serverFigures } from "../../../bench/server-metrics.js";
import { timesOf } from "../../../bench/start.js";

describe("livekit-server's metrics", () => {
	test("are added up over their labels", () => {
		const text = [
			"# HELP livekit_participant_total x",
			'livekit_participant_total{node_id="a"} 65',
			'livekit_participant_total_other{node_id="a"} 7',
			'livekit_track_subscribed_total{kind="AUDIO",node_id="a"} 300',
			'livekit_packet_total{direction="incoming",transmission="initial"} 5',
			'livekit_packet_total{direction="outgoing",transmission="initial"} 1.5e+06',
			'livekit_packet_total{direction="outgoing",transmission="retransmit"} 2',
		].join("\n");
		expect(serverFigures(text)).toEqual({ participants: 65, streams: 300, packetsOut: 1_500_002 });
	});

	test("are zero before anything has happened", () => {
		expect(serverFigures("")).toEqual({ participants: 0, streams: 0, packetsOut: 0 });
	});
});

describe("packets a second in a timeline", () => {
	const line = (atMs: number, packets: number) => {
		const counters = { "packets{direction=received}": packets, "packets{direction=sent}": 999 };
		return { atMs, window: { counters, distributions: {} } };
	};

	test("count what came between the first and the last whole line", () => {
		const lines = [line(0, 5), line(1000, 70), line(2000, 100), line(4000, 300), line(5000, 9)];
		expect(receivedPerSecond(lines, 500, 4500)).toBeCloseTo(400 / 3);
	});

	test("need two lines", () => {
		expect(receivedPerSecond([line(0, 5), line(1000, 70)], 500, 4500)).toBeUndefined();
	});
});

test("the times of a start count from the command", () => {
	const events = [
		{ kind: "life-joined", atMs: 10_700, connectMs: 200 },
		{ kind: "life-joined", atMs: 10_650, connectMs: 150 },
		{ kind: "run-ended", atMs: 9_000, connectMs: Number.NaN },
	];
	const summary = { metrics: { "connect.joined": { min: 30 } } };
	expect(timesOf({ events, summary } as never, 10_100)).toEqual({
		...{ scheduledMs: 400, joinedMs: 430, completeMs: 550 },
	});
});
