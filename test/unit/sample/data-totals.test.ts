import { expect, test } from "vitest";
import { type DataTotals, dataWindow } from "../../../src/sample/data-totals.js";
import type { MediaTotals } from "../../../src/sample/media-totals.js";
import { MediaWindows } from "../../../src/sample/media-windows.js";

const first: DataTotals = {
	...{ packetsSent: 10, bytesSent: 2000, packetsLate: 1 },
	...{ packetsReceived: 20, bytesReceived: 4000, packetsLost: 3 },
	...{ packetsDuplicated: 2, packetsReordered: 1, latenciesMs: [1, 2] },
};
const second: DataTotals = {
	...{ packetsSent: 15, bytesSent: 3000, packetsLate: 1 },
	...{ packetsReceived: 31, bytesReceived: 6200, packetsLost: 2 },
	...{ packetsDuplicated: 2, packetsReordered: 2, latenciesMs: [4] },
};

test("a window is the difference of two readings; lost falls where one came late after all", () => {
	expect(dataWindow(undefined, first)).toEqual(first);
	expect(dataWindow(first, second)).toEqual({
		...{ packetsSent: 5, bytesSent: 1000, packetsLate: 0 },
		...{ packetsReceived: 11, bytesReceived: 2200, packetsLost: -1 },
		...{ packetsDuplicated: 0, packetsReordered: 1, latenciesMs: [4] },
	});
});

test("the windows of a participant add up to its last reading, and have no data where none was asked for", () => {
	const rtp = { packetsSent: 0, bytesSent: 0, audioFramesLate: 0, audioFramesDue: 0, inbound: [] };
	const windows = new MediaWindows({ expectation: () => "quiet", longestPauseMs: 0 });
	const next = (data?: DataTotals) =>
		windows.next({ ...rtp, ...(data && { data }) } satisfies MediaTotals, 1000).data;
	expect(next()).toBeUndefined();
	const both = [next(first), next(second)];
	const sum = (name: "packetsSent" | "packetsReceived" | "packetsLost") =>
		both.reduce((total, window) => total + (window?.[name] ?? 0), 0);
	expect([sum("packetsSent"), sum("packetsReceived"), sum("packetsLost")]).toEqual([15, 31, 2]);
	expect(both.flatMap((window) => window?.latenciesMs)).toEqual([1, 2, 4]);
});
