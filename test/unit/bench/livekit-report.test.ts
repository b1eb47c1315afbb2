import { describe, expect, test } from "vitest";
import { readLiveKitReport } from "../../../bench/livekit-report.js";

/** As livekit-cli 1.5.2 printed it. */
const first = `Using url, api-key, api-secret from environment
Starting load test with 2 audio publishers, 2 subscribers, room: a
publishing audio track - hoopx_pub_0
subscribed to track hoopx_3 TR_AMTdVNpT37judw audio 1/2
Finished connecting to room, waiting 5s

Sub 2 | Track                | Kind  | Pkts | Bitrate  | Dropped
      | 0A TR_AMa6egCXMgGYGe | audio | 199  | 31.2kbps | 0 (0%)
      | 1A TR_AMTdVNpT37judw | audio | 200  | 31.2kbps | 2 (0.99%)

Sub 3 | Track                | Kind  | Pkts | Bitrate  | Dropped
      | 0A TR_AMa6egCXMgGYGe | audio | 201  | 31.2kbps | 0 (0%)
      | 1A TR_AMTdVNpT37judw | audio | 202  | 31.2kbps | 0 (0%)

Summary | Tester | Tracks | Bitrate                  | Total Dropped | Error
        | Sub 2  | 2/2    | 62.4kbps                 | 2 (0.4%)      | -
        | Sub 3  | 2/2    | 62.4kbps                 | 0 (0%)        | -
        | Total  | 4/4    | 124.8kbps (62.4kbps avg) | 2 (0.2%)      | 0
`;

/** As the source of lk 2.18 draws it; only the first row of a tester names it. */
const second = `
Track loading:
┌────────┬───────────────────┬───────┬──────┬──────────┬───────────┐
│ Tester │ Track             │ Kind  │ Pkts.│ Bitrate  │ Pkt. Loss │
├────────┼───────────────────┼───────┼──────┼──────────┼───────────┤
│ Sub 2  │ TR_AMa6egCXMgGYGe │ audio │ 150  │ 31.2kbps │ 0 (0%)    │
│        │ TR_AMTdVNpT37judw │ audio │ 151  │ 31.2kbps │ 1 (0.66%) │
└────────┴───────────────────┴───────┴──────┴──────────┴───────────┘

Subscriber summaries:
┌────────┬────────┬─────────────────────────┬─────────────────┬───────┐
│ Tester │ Tracks │ Bitrate                 │ Total Pkt. Loss │ Error │
├────────┼────────┼─────────────────────────┼─────────────────┼───────┤
│ Sub 2  │ 2/3    │ 62.4kbps                │ 1 (0.33%)       │ -     │
│ Total  │ 2/3    │ 62.4kbps (62.4kbps avg) │ 1 (0.33%)       │ 1     │
└────────┴────────┴─────────────────────────┴─────────────────┴───────┘
`;

describe("the report of LiveKit's tester", () => {
	test("of 1.x is added up over its tracks", () => {
		expect(readLiveKitReport(first)).toEqual({ tracks: 4, packets: 802, lost: 2, errors: 0 });
	});

	test("of 2.x likewise, with the error of a subscriber", () => {
		expect(readLiveKitReport(second)).toEqual({ tracks: 2, packets: 301, lost: 1, errors: 1 });
	});

	test("is none without its totals", () => {
		expect(readLiveKitReport(first.slice(0, first.indexOf("Summary")))).toBeUndefined();
		expect(readLiveKitReport("could not connect Sub 2")).toBeUndefined();
	});

	test("is none where rows are missing that its totals count", () => {
		const lines = first.split("\n").filter((line) => !line.includes("| 201 "));
		expect(readLiveKitReport(lines.join("\n"))).toBeUndefined();
	});
});
